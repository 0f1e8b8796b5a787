import { Controller } from "@hotwired/stimulus"
import { sendOnce } from "lib/sending"

/* An amount that is edited where it stands: saved when it has changed, taken back by Escape. */
export default class extends Controller {
  static targets = ["field"]

  connect() {
    this.unwatch = sendOnce(this.element)
  }

  disconnect() {
    this.unwatch()
  }

  select() {
    this.fieldTarget.select()
  }

  save() {
    if (this.fieldTarget.value !== this.fieldTarget.defaultValue) this.element.requestSubmit()
  }

  undo() {
    this.fieldTarget.value = this.fieldTarget.defaultValue
    this.fieldTarget.blur()
  }
}
