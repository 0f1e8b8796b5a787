import { Controller } from "@hotwired/stimulus"
import { copyText } from "lib/clipboard"

/* Copies a given text; its label says so for a moment. */
export default class extends Controller {
  static targets = ["label"]
  static values = { text: String, done: String }

  async copy() {
    await copyText(this.textValue)
    const label = this.labelTarget.textContent
    this.labelTarget.textContent = this.doneValue
    setTimeout(() => { this.labelTarget.textContent = label }, 2_000)
  }
}
