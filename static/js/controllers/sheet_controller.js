import { Controller } from "@hotwired/stimulus"

/* A sheet at the side that shows what its frame has loaded: the rows behind a number. */
export default class extends Controller {
  open() {
    if (!this.element.open) this.element.showModal()
    this.element.querySelector("[data-sheet-focus]")?.focus()
  }

  close() {
    this.element.close()
  }

  /* A click beside the sheet closes it. */
  outside({ target }) {
    if (target === this.element) this.close()
  }

  /* What the answer has no frame for, such as a page that asks to log in, is a page of its own. */
  leave(event) {
    event.preventDefault()
    event.detail.visit(event.detail.response)
  }
}
