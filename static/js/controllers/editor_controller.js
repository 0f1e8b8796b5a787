import { Controller } from "@hotwired/stimulus"

const VARIABLE = /\{\{\s*[a-z_]+(?:\.[\p{L}\d_-]+)?\s*(?:\|[^{}]*)?\}\}/gu

/* A text with variables in it. What is written stands in a textarea; behind it lies the same text
   with the variables tinted. Counts what the channel counts. */
export default class extends Controller {
  static targets = ["text", "mirror", "count"]
  static values = { limit: Number }

  connect() {
    this.show()
  }

  insert({ params: { token } }) {
    const { textTarget: text } = this
    text.focus()
    text.setRangeText(token, text.selectionStart, text.selectionEnd, "end")
    text.dispatchEvent(new Event("input", { bubbles: true }))
  }

  show() {
    const text = this.textTarget.value
    const parts = []
    let end = 0
    for (const found of text.matchAll(VARIABLE)) {
      parts.push(text.slice(end, found.index), this.#variable(found[0]))
      end = found.index + found[0].length
    }
    // A last empty line has no height of its own.
    this.mirrorTarget.replaceChildren(...parts, `${text.slice(end)}\n`)
    const { words } = this.countTarget.dataset
    this.countTarget.textContent = words.replace("{count}", text.length.toLocaleString()).replace("{limit}", this.limitValue.toLocaleString())
    this.countTarget.classList.toggle("danger", text.length > this.limitValue)
    this.follow()
  }

  follow() {
    this.mirrorTarget.scrollTop = this.textTarget.scrollTop
  }

  #variable(token) {
    const mark = document.createElement("mark")
    mark.className = "editor__variable"
    mark.textContent = token
    return mark
  }
}
