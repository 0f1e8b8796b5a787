import { Controller } from "@hotwired/stimulus"
import { openDialog } from "lib/frame_dialog"
import { sendOnce } from "lib/sending"

/* A form of one field that sends itself as the field changes. */
export default class extends Controller {
  static values = { outcome: String }

  connect() {
    this.unwatch = sendOnce(this.element)
  }

  disconnect() {
    this.unwatch()
  }

  send() {
    this.element.requestSubmit()
  }

  /* turbo:submit-end: what was refused is not shown as done */
  settle({ detail }) {
    if (detail.success) return
    for (const select of this.element.querySelectorAll("select")) select.value = [...select.options].find((option) => option.defaultSelected)?.value ?? ""
  }

  /* A refusal asks for its reason first. */
  stage({ target }) {
    const { group } = target.selectedOptions[0].dataset
    if (group === "lost" || group === "not_a_lead") {
      openDialog(document.querySelector("#outcome_dialog"), `${this.outcomeValue}?stage=${target.value}`)
      target.value = [...target.options].find((option) => option.defaultSelected)?.value ?? target.value
    } else this.send()
  }
}
