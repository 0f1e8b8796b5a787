import { Controller } from "@hotwired/stimulus"
import { signs } from "lib/markup"

const VARIABLE = /\{\{\s*[a-z_]+(?:\.[\p{L}\d_-]+)?\s*(?:\|[^{}]*)?\}\}/gu

/* A text with variables and formatting in it. What is written stands in a textarea; behind it lies the
   same text with the variables and the signs of formatting tinted. Counts what the channel counts. */
export default class extends Controller {
  static targets = ["text", "mirror", "count", "address"]
  static values = { limit: Number }

  connect() {
    this.show()
  }

  insert({ params: { token } }) {
    const { selectionStart, selectionEnd } = this.textTarget
    this.#write(token, selectionStart, selectionEnd)
  }

  /* Put a sign around what is chosen, without the space at its edges; or take it away. */
  format({ params: { sign } }) {
    const { start, end, words } = this.#chosen
    const { value } = this.textTarget
    const long = sign.length
    if (words && value.slice(start - long, start) === sign && value.slice(end, end + long) === sign) {
      this.#write(words, start - long, end + long, start - long, end - long)
    } else {
      this.#write(sign + words + sign, start, end, start + long, end + long)
    }
  }

  /* The address of a link is asked for beside its button. */
  ask({ newState }) {
    if (newState !== "open") return
    this.addressTarget.value = ""
    this.addressTarget.focus()
  }

  link({ target }) {
    const typed = this.addressTarget.value.trim().replaceAll(/\s/g, "%20")
    target.closest("[popover]").hidePopover()
    const { start, end, words } = this.#chosen
    if (!typed) return
    const address = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`
    this.#write(words ? `[${words}](${address})` : address, start, end)
  }

  /* Ctrl with a tool's letter presses its button. */
  press(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    // By its place on the keyboard, whatever the layout.
    const key = event.code.replace("Key", "").toLowerCase()
    const button = [...this.element.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key)
    if (!button) return
    event.preventDefault()
    button.click()
  }

  show() {
    const text = this.textTarget.value
    const marked = signs(text)
    // A last empty line has no height of its own.
    this.mirrorTarget.replaceChildren(...this.#parts(text, marked), "\n")
    const length = text.length - marked.reduce((sum, [start, end]) => sum + end - start, 0)
    const { words } = this.countTarget.dataset
    this.countTarget.textContent = words.replace("{count}", length.toLocaleString()).replace("{limit}", this.limitValue.toLocaleString())
    this.countTarget.classList.toggle("danger", length > this.limitValue)
    this.follow()
  }

  follow() {
    this.mirrorTarget.scrollTop = this.textTarget.scrollTop
  }

  get #chosen() {
    const { value, selectionStart, selectionEnd } = this.textTarget
    const raw = value.slice(selectionStart, selectionEnd)
    const start = selectionStart + raw.length - raw.trimStart().length
    const words = raw.trim()
    return { start, end: start + words.length, words }
  }

  /* Replace a part of the text, so that it can be undone, and choose a part of what is there then. */
  #write(words, start, end, from = start + words.length, to = from) {
    const { textTarget: text } = this
    text.focus()
    text.setSelectionRange(start, end)
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, start, end, "end")
      text.dispatchEvent(new Event("input", { bubbles: true }))
    }
    text.setSelectionRange(from, to)
  }

  #parts(text, marked) {
    const variables = [...text.matchAll(VARIABLE)].map((found) => [found.index, found.index + found[0].length, "editor__variable"])
    const tinted = [...marked.map(([start, end]) => [start, end, "editor__sign"]), ...variables]
    const parts = []
    let place = 0
    for (const [start, end, name] of tinted.sort((one, other) => one[0] - other[0])) {
      if (start < place) continue
      parts.push(text.slice(place, start), this.#mark(text.slice(start, end), name))
      place = end
    }
    return [...parts, text.slice(place)]
  }

  #mark(words, name) {
    const mark = document.createElement("mark")
    mark.className = name
    mark.textContent = words
    return mark
  }
}
