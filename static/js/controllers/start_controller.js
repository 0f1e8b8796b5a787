import { Controller } from "@hotwired/stimulus"

/* The dialog that opens a conversation with somebody who has not written. */
export default class extends Controller {
  static targets = ["dialog", "frame"]

  open() {
    const { src } = this.frameTarget.dataset
    if (this.frameTarget.src) this.frameTarget.reload()
    else this.frameTarget.src = src
    this.dialogTarget.showModal()
  }

  close() {
    this.dialogTarget.close()
  }
}
