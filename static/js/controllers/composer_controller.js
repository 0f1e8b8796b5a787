import { Controller } from "@hotwired/stimulus"
import { toast, words } from "lib/toasts"
import { newId } from "livechat/ids"
import { loadDraft, saveDraft } from "models/drafts"
import { outbox } from "models/outbox"
import { sendKey } from "models/send_key"

const SHOW_COUNT_AT = 0.8
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

/* Where a reply or a note is written. What is typed survives everything until it is sent. */
export default class extends Controller {
  static targets = ["form", "text", "replyTab", "noteTab", "quote", "quoteName", "quoteText", "count", "extra"]
  static values = { conversation: String, url: String, limit: Number }

  #texts = { reply: "", note: "" }
  #mode = "reply"
  #quoted = null
  #collecting = false

  connect() {
    if (!this.hasFormTarget) return
    const { reply, note, mode } = loadDraft(this.conversationValue)
    this.#texts = { reply, note }
    // Fast fingers: what was typed before this script arrived is worth more than an old draft.
    if (this.textTarget.value) this.#texts[mode] = this.textTarget.value
    this.#become(mode)
    this.#keep()
    this.formTarget.removeAttribute("aria-busy") // until now keys went nowhere
  }

  disconnect() {
    if (this.hasFormTarget) this.#keep()
    clearTimeout(this.keepTimer)
  }

  toReply() {
    this.#become("reply")
    this.#enter()
  }

  toNote() {
    this.#become("note")
    this.#enter()
  }

  typed() {
    this.#texts[this.#mode] = this.textTarget.value
    this.#measure()
    clearTimeout(this.keepTimer)
    this.keepTimer = setTimeout(() => this.#keep(), 300)
    const detail = { conversation: this.conversationValue, internal: this.#isNote }
    if (this.textTarget.value) document.dispatchEvent(new CustomEvent("live:type", { detail }))
  }

  key(event) {
    if (event.isComposing) return
    if (event.key === "Escape") {
      if (this.#quoted) this.unquote()
      else this.#leave()
    } else if (sendKey.sends(event)) {
      event.preventDefault()
      this.formTarget.requestSubmit()
    }
  }

  async send() {
    await this.#send({ closes: false })
  }

  async sendAndClose() {
    await this.#send({ closes: true })
  }

  quote({ detail }) {
    this.#quoted = detail
    this.quoteNameTarget.textContent = detail.name
    this.quoteTextTarget.textContent = detail.text
    this.quoteTarget.hidden = false
    this.toReply()
  }

  unquote() {
    this.#quoted = null
    this.quoteTarget.hidden = true
  }

  emoji({ target }) {
    if (!target.value) return
    const { selectionStart, selectionEnd } = this.textTarget
    this.textTarget.setRangeText(target.value, selectionStart, selectionEnd, "end")
    this.typed()
    this.textTarget.focus()
  }

  async #send({ closes }) {
    if (this.#collecting) return // a second Enter while files are on their way
    this.#collecting = true
    // Each controller's script comes on its own: without this one nothing can be attached yet.
    const attachments = this.#attachments ? await this.#attachments.collect() : []
    this.#collecting = false
    const text = this.textTarget.value.trim()
    const internal = this.#isNote
    if (!internal && this.#excess > 0) return toast(words("tooLong"))
    if (!internal && this.#refuseCopies()) return
    if (!attachments || (!text && !attachments.length)) return
    const item = {
      id: newId(), conversation: this.conversationValue, url: this.urlValue, at: Date.now(),
      text, internal, closes, attachments, quote: this.#quoted, replyTo: this.#quoted?.id ?? "",
      extras: internal ? {} : this.#extras,
    }
    this.textTarget.value = ""
    this.#attachments?.clear()
    this.unquote()
    this.typed()
    this.#keep()
    this.#thread?.place(item)
    outbox.add(item)
    this.textTarget.focus()
  }

  #enter() {
    this.textTarget.inert = false
    this.textTarget.focus()
  }

  /* A render that is under way gives the focus back to where it was when it began. */
  #leave() {
    this.textTarget.blur()
    this.textTarget.inert = true
    requestAnimationFrame(() => requestAnimationFrame(() => { this.textTarget.inert = false }))
  }

  #become(mode) {
    this.#mode = mode
    this.textTarget.value = this.#texts[mode]
    this.formTarget.classList.toggle("composer--note", this.#isNote)
    this.replyTabTarget.setAttribute("aria-selected", !this.#isNote)
    this.noteTabTarget.setAttribute("aria-selected", this.#isNote)
    const { notePlaceholder } = this.textTarget.dataset
    this.replyPlaceholder ??= this.textTarget.placeholder
    this.textTarget.placeholder = this.#isNote ? notePlaceholder : this.replyPlaceholder
    this.#measure()
  }

  #measure() {
    const { value, style } = this.textTarget
    const isNear = !this.#isNote && value.length > this.limitValue * SHOW_COUNT_AT
    this.countTarget.hidden = !isNear
    this.countTarget.textContent = this.limitValue - value.length
    this.countTarget.classList.toggle("danger", this.#excess > 0)
    if (CSS.supports("field-sizing", "content")) return
    style.blockSize = "auto"
    style.blockSize = `${this.textTarget.scrollHeight}px`
  }

  #keep() {
    saveDraft(this.conversationValue, { ...this.#texts, mode: this.#mode })
  }

  get #attachments() {
    return this.application.getControllerForElementAndIdentifier(this.element, "attachments")
  }

  get #thread() {
    return this.application.getControllerForElementAndIdentifier(this.element, "thread")
  }

  // Only what was changed: what was not follows the letter that is answered.
  get #extras() {
    const changed = this.extraTargets.filter(({ value, defaultValue }) => value !== defaultValue)
    return Object.fromEntries(changed.map(({ name, value }) => [name, value]))
  }

  /* What the server would refuse is told while the letter can still be changed. */
  #refuseCopies() {
    const field = this.extraTargets.find(({ name }) => name === "cc")
    const address = field?.value.split(/[\s,;]+/).find((part) => part && !ADDRESS.test(part))
    if (!address) return false
    toast(words("wrongCopy", { address }))
    field.focus()
    return true
  }

  get #isNote() {
    return this.#mode === "note"
  }

  get #excess() {
    return this.textTarget.value.length - this.limitValue
  }
}
