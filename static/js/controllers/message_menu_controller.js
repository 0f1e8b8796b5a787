import { Controller } from "@hotwired/stimulus"
import { copyText } from "lib/clipboard"
import { Current } from "lib/current"
import { toast, words } from "lib/toasts"

const GAP = 4
const LONG_PRESS = 450
const TOLERANCE = 10
const HOUR = 3_600_000

/* The menu of a message: the page has one, which opens beside whichever message asks. What the channel
   can do is on this element, what the message is on the message; the server has the last word. */
export default class extends Controller {
  static targets = ["menu", "reactions", "reply", "copy", "edit", "deletion", "dialog", "form", "text"]
  static values = { url: String, edit: Boolean, editHours: Number, delete: Boolean, deleteHours: Number, react: Boolean, all: Boolean }

  disconnect() {
    clearTimeout(this.pressing)
  }

  open({ currentTarget }) {
    this.#show(currentTarget.closest(".message"), currentTarget.getBoundingClientRect())
  }

  /* A long press on a touch screen. */
  press({ target, touches: [touch] }) {
    const bubble = target.closest(".message")
    clearTimeout(this.pressing)
    if (!bubble || target.closest("a, button, audio, video, summary, .message__failure")) return
    this.touch = touch
    this.reopen = null
    const place = { left: touch.clientX, top: touch.clientY, bottom: touch.clientY }
    this.pressing = setTimeout(() => {
      this.reopen = () => this.#show(bubble, place)
      this.reopen()
    }, LONG_PRESS)
  }

  move({ touches: [touch] }) {
    if (Math.hypot(touch.clientX - this.touch?.clientX, touch.clientY - this.touch?.clientY) > TOLERANCE) clearTimeout(this.pressing)
  }

  /* The browser takes the lifted finger for a tap beside the menu, and closes it. */
  release(event) {
    clearTimeout(this.pressing)
    if (!this.reopen) return
    event.preventDefault()
    this.reopen()
    this.reopen = null
  }

  hide() {
    if (this.menuTarget.matches(":popover-open")) this.menuTarget.hidePopover()
  }

  toggled({ newState }) {
    this.bubble?.classList.toggle("message--active", newState === "open")
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const items = [...this.menuTarget.querySelectorAll("button")].filter((item) => item.offsetParent)
    const index = items.indexOf(document.activeElement) + step
    items[(index + items.length) % items.length]?.focus()
  }

  reply() {
    this.hide()
    this.bubble.querySelector(".message__reply")?.click()
  }

  async copy() {
    this.hide()
    await copyText(this.#words)
    toast(words("copied"))
  }

  edit() {
    this.hide()
    this.formTarget.action = this.#address("edit", this.bubble.dataset.worded)
    this.textTarget.value = this.#words
    this.dialogTarget.showModal()
    this.textTarget.focus()
  }

  editKey(event) {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    this.formTarget.requestSubmit()
  }

  edited({ detail }) {
    if (detail.success) this.close()
  }

  close() {
    this.dialogTarget.close()
  }

  #show(bubble, place) {
    if (!bubble || !bubble.dataset.message || bubble.hasAttribute("data-deleted")) return
    this.hide()
    this.bubble = bubble
    this.#offer(bubble)
    this.menuTarget.showPopover()
    this.#place(place)
    this.menuTarget.querySelector(".menu__item:not([hidden])")?.focus({ preventScroll: true })
  }

  #offer({ dataset }) {
    const { direction, status, author, at } = dataset
    const isNote = direction === "internal"
    const isIncoming = direction === "incoming"
    const isUnsent = ["queued", "failed"].includes(status)
    const isTheirs = !isIncoming && (this.allValue || author === Current.membership)
    const isYoung = (hours) => !hours || Date.now() - Date.parse(at) < hours * HOUR
    const isOnPlatform = "known" in dataset || status === "sending"
    const may = (able, hours) => isTheirs && (isNote || isUnsent || (able && isOnPlatform && isYoung(hours)))
    this.copyTarget.hidden = !this.#words
    if (!this.hasFormTarget) return
    this.replyTarget.hidden = isNote
    this.editTarget.hidden = !("worded" in dataset) || !may(this.editValue, this.editHoursValue)
    this.deletionTarget.hidden = !may(this.deleteValue, this.deleteHoursValue)
    this.deletionTarget.action = this.#address("deletion")
    this.reactionsTarget.hidden = !this.reactValue || isNote || !("known" in dataset)
    this.reactionsTarget.action = this.#address("reaction")
    for (const button of this.reactionsTarget.querySelectorAll("[name=emoji]")) {
      const emoji = button.textContent
      const isOurs = emoji === dataset.reaction
      button.setAttribute("aria-checked", isOurs)
      button.value = isOurs ? "" : emoji
    }
  }

  #place(place) {
    const { innerWidth, innerHeight } = window
    const { width, height } = this.menuTarget.getBoundingClientRect()
    const left = Math.max(GAP, Math.min(place.left, innerWidth - width - GAP))
    const below = place.bottom + GAP
    const top = below + height < innerHeight ? below : Math.max(GAP, place.top - height - GAP)
    Object.assign(this.menuTarget.style, { margin: 0, inset: "auto", left: `${left}px`, top: `${top}px` })
  }

  #address(what, message = this.bubble.dataset.message) {
    return `${this.urlValue}${message}/${what}/`
  }

  get #words() {
    return this.bubble.querySelector(".message__text")?.textContent ?? ""
  }
}
