import { Controller } from "@hotwired/stimulus"

/* Tabs that are wider than their screen: the current one is in sight. */
export default class extends Controller {
  connect() {
    const current = this.element.querySelector("[aria-current]")
    if (current) this.element.scrollLeft = current.offsetLeft - (this.element.clientWidth - current.offsetWidth) / 2
  }
}
