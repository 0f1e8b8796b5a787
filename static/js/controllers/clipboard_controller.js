import { Controller } from "@hotwired/stimulus"
import { copyText } from "lib/clipboard"

/* Copies a shown secret; the button says so for a moment: data-clipboard-done-value="Copied". */
export default class extends Controller {
  static targets = ["source", "label"]
  static values = { done: String }

  async copy() {
    await copyText(this.sourceTarget.innerText.trim())
    const label = this.labelTarget.textContent
    this.labelTarget.textContent = this.doneValue
    setTimeout(() => { this.labelTarget.textContent = label }, 2_000)
  }
}
