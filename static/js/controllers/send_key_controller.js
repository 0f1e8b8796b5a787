import { Controller } from "@hotwired/stimulus"
import { sendKey } from "models/send_key"

/* The choice of the key that sends, and the hint beside the button. */
export default class extends Controller {
  static targets = ["choice", "ctrl"]

  connect() {
    this.#show()
  }

  choose({ currentTarget }) {
    sendKey.habit = currentTarget.value
    this.#show()
  }

  #show() {
    for (const choice of this.choiceTargets) choice.setAttribute("aria-checked", choice.value === sendKey.habit)
    this.ctrlTarget.hidden = sendKey.habit === "enter"
  }
}
