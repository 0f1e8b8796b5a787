import { Controller } from "@hotwired/stimulus"
import { slugOf } from "lib/slug"

/* Shows the address that a company's name will get. Only an address that a person edits is sent:
   otherwise the server finds a free one. Without JavaScript, or after an error, its field is there. */
export default class extends Controller {
  static targets = ["source", "input", "preview", "field", "line"]

  connect() {
    const isChosen = this.inputTarget.value || this.inputTarget.getAttribute("aria-invalid")
    this.fieldTarget.hidden = !isChosen
    this.lineTarget.hidden = isChosen
    this.propose()
  }

  propose() {
    this.previewTarget.textContent = slugOf(this.sourceTarget.value) || "…"
  }

  edit() {
    this.inputTarget.value = slugOf(this.sourceTarget.value)
    this.lineTarget.hidden = true
    this.fieldTarget.hidden = false
    this.inputTarget.focus()
  }
}
