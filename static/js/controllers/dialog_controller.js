import { Controller } from "@hotwired/stimulus"

/* Opens the <dialog> inside: a button with data-action="dialog#open", any closer with dialog#close. */
export default class extends Controller {
  static targets = ["dialog"]
  static values = { open: Boolean }

  connect() {
    if (this.openValue) this.open()
  }

  disconnect() {
    if (this.hasDialogTarget) this.dialogTarget.close()
  }

  open() {
    this.dialogTarget.showModal()
  }

  close() {
    this.dialogTarget.close()
  }

  closeOnBackdrop({ target }) {
    if (target === this.dialogTarget) this.close()
  }
}
