import { Controller } from "@hotwired/stimulus"

/* A button anywhere that opens the dialog with this id. */
export default class extends Controller {
  static values = { dialog: String }

  open() {
    document.getElementById(this.dialogValue)?.showModal()
  }
}
