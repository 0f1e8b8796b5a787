import { Controller } from "@hotwired/stimulus"
import { slugOf } from "lib/slug"

/* Proposes a workspace's address from the company's name until a person edits it. Without
   JavaScript, or after an error in the address, its own field is there. */
export default class extends Controller {
  static targets = ["source", "input", "preview", "field", "line"]

  connect() {
    if (this.inputTarget.getAttribute("aria-invalid")) return
    this.fieldTarget.hidden = true
    this.lineTarget.hidden = false
    if (this.inputTarget.value) this.#write(this.inputTarget.value)
    else this.propose()
  }

  propose() {
    if (this.fieldTarget.hidden) this.#write(slugOf(this.sourceTarget.value))
  }

  edit() {
    this.lineTarget.hidden = true
    this.fieldTarget.hidden = false
    this.inputTarget.focus()
  }

  #write(slug) {
    this.inputTarget.value = slug
    this.previewTarget.textContent = slug || "…"
  }
}
