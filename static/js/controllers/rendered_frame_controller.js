import { Controller } from "@hotwired/stimulus"

/* A Turbo frame that came with its content: gets its src without loading it, so that it can be
   reloaded later. (With a src in the HTML, Turbo would fetch at once what is already there.) */
export default class extends Controller {
  static values = { src: String }

  connect() {
    const frame = this.element
    if (frame.src) return
    frame.disabled = true
    frame.src = this.srcValue
    frame.setAttribute("complete", "")
    frame.disabled = false
  }
}
