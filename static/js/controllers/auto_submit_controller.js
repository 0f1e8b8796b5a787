import { Controller } from "@hotwired/stimulus"

/* A form of filters that is sent as soon as one of them is chosen. */
export default class extends Controller {
  submit() {
    this.element.requestSubmit()
  }
}
