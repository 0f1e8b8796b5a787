import { Controller } from "@hotwired/stimulus"

/* A dialog that opens when something has been fetched into its frame. */
export default class extends Controller {
  open() {
    if (!this.element.open && this.element.querySelector("form")) this.element.showModal()
    this.element.querySelector("input:not([type=hidden]), select")?.focus()
  }

  /* turbo:frame-missing: what was asked for is done, and its page comes instead */
  leave(event) {
    event.preventDefault()
    event.detail.visit(event.detail.response)
  }

  close(event) {
    if (!this.element.open) return
    event.preventDefault()
    this.element.close()
  }
}
