import { Controller } from "@hotwired/stimulus"
import { openDialog } from "lib/frame_dialog"

/* Sent by the server: opens a dialog of the page with what is still to be told, and is gone. Without a
   source the dialog has it already. */
export default class extends Controller {
  static values = { dialog: String, src: String }

  connect() {
    openDialog(document.getElementById(this.dialogValue), this.srcValue)
    this.element.remove()
  }
}
