import { Controller } from "@hotwired/stimulus"

/* An amount that is edited where it stands: saved when it has changed, taken back by Escape. */
export default class extends Controller {
  static targets = ["field"]

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
