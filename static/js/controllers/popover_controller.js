import { Controller } from "@hotwired/stimulus"

const GAP = 4

/* Puts a popover beside the button that opens it, inside the window, and closes it once it has served:
   a menu as soon as something is chosen, a form to fill in when the answer has come.
   A <turbo-frame data-src="..."> in it is fetched each time it opens. */
export default class extends Controller {
  connect() {
    this.element.addEventListener("toggle", this.#toggled)
    document.addEventListener("turbo:submit-start", this.#chosen)
    this.element.addEventListener("turbo:submit-end", this.#served)
  }

  disconnect() {
    this.element.removeEventListener("toggle", this.#toggled)
    document.removeEventListener("turbo:submit-start", this.#chosen)
    this.element.removeEventListener("turbo:submit-end", this.#served)
  }

  submit() {
    this.element.requestSubmit()
  }

  hide() {
    if (this.element.matches(":popover-open")) this.element.hidePopover()
  }

  #toggled = ({ newState }) => {
    this.button = null
    if (newState !== "open") return
    for (const frame of this.element.querySelectorAll("turbo-frame[data-src]")) this.#fetch(frame)
    this.#place()
    this.observer ??= new ResizeObserver(() => this.#place())
    this.observer.observe(this.element)
  }

  /* The button may belong to a form elsewhere: the rows that are ticked. */
  #chosen = ({ target, detail: { formSubmission: { submitter } } }) => {
    if (!this.element.matches(".menu:not(.menu--form)") || !this.element.contains(submitter ?? target)) return
    this.isChosen = true
    this.hide()
  }

  /* What was refused is there again, with its words. */
  #served = ({ detail }) => {
    if (detail.success) this.hide()
    else if (this.isChosen && this.element.isConnected && !this.element.matches(":popover-open")) this.element.showPopover()
    this.isChosen = false
  }

  #fetch(frame) {
    if (frame.getAttribute("src") === frame.dataset.src) frame.reload()
    else frame.setAttribute("src", frame.dataset.src)
  }

  #place() {
    // Where several buttons open it, the one that did so, also when the focus has gone on into it.
    const buttons = [this.button, document.activeElement, ...document.querySelectorAll("[popovertarget]")]
    const button = buttons.find((one) => one?.getAttribute("popovertarget") === this.element.id && one.offsetParent)
    this.button = button
    if (!button || !this.element.matches(":popover-open")) return
    const anchor = button.getBoundingClientRect()
    const { width, height } = this.element.getBoundingClientRect()
    const below = anchor.bottom + GAP
    const top = below + height <= innerHeight - GAP ? below : Math.max(GAP, anchor.top - GAP - height)
    const left = anchor.left + width <= innerWidth - GAP ? anchor.left : anchor.right - width
    Object.assign(this.element.style, { position: "fixed", inset: "auto", margin: "0", top: `${top}px`, left: `${Math.max(GAP, left)}px` })
  }
}
