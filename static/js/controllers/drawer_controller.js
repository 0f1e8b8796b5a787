import { Controller } from "@hotwired/stimulus"
import { openDialog } from "lib/frame_dialog"

/* A sheet at the side that shows whatever its frame has loaded, and dialogs that are frames. */
export default class extends Controller {
  static targets = ["drawer"]

  show({ target }) {
    if (target.id !== "deal" || !this.hasDrawerTarget || !target.firstElementChild) return
    this.opener ??= document.activeElement
    const { deal } = target.querySelector("[data-deal]")?.dataset ?? {}
    if (deal) target.dataset.liveChanged = `deal:${deal}`
    if (!this.drawerTarget.hidden) return
    this.drawerTarget.hidden = false
    target.querySelector(".deal-sheet__close")?.focus()
  }

  close(event) {
    if (!this.hasDrawerTarget || this.drawerTarget.hidden) return
    if (event.type === "keydown" && document.querySelector("dialog[open], [popover]:popover-open")) return
    const frame = this.drawerTarget.querySelector("turbo-frame")
    this.drawerTarget.hidden = true
    delete frame.dataset.liveChanged
    frame.removeAttribute("src")
    frame.replaceChildren()
    if (this.opener?.isConnected) this.opener.focus()
    this.opener = null
  }

  dialog({ params: { dialog, src } }) {
    openDialog(document.getElementById(dialog), src)
  }

  cancel({ target }) {
    target.closest("dialog").close()
  }
}
