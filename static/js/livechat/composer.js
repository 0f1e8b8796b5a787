// The line where the visitor writes, and the files that they add.

import { byId } from "livechat/elements"
import { say } from "livechat/words"

const TYPING_EVERY = 3_000

export class Composer {
  #form = byId("composer")
  #text = byId("text")
  #files = byId("file")
  #typedAt = 0
  #actions
  #limits

  // actions: send(text), attach(file), typing(), complain(words).
  constructor(limits, actions) {
    this.#limits = limits
    this.#actions = actions
    this.#form.addEventListener("submit", (event) => this.#submit(event))
    this.#text.addEventListener("keydown", (event) => this.#key(event))
    this.#text.addEventListener("input", () => this.#type())
    this.#text.addEventListener("paste", (event) => this.#paste(event))
    byId("attach").addEventListener("click", () => this.#files.click())
    this.#files.addEventListener("change", () => this.#choose([...this.#files.files]))
    document.addEventListener("dragover", (event) => event.preventDefault())
    document.addEventListener("drop", (event) => this.#drop(event))
    byId("send").disabled = false // until now the browser itself would have sent the form
  }

  set hidden(hidden) {
    this.#form.hidden = hidden
  }

  focus() {
    this.#text.focus()
  }

  // Without field-sizing the field grows by hand.
  #grow() {
    if (CSS.supports("field-sizing", "content")) return
    this.#text.style.height = "auto"
    this.#text.style.height = `${this.#text.scrollHeight}px`
  }

  #submit(event) {
    event.preventDefault()
    const text = this.#text.value.trim()
    if (!text) return this.focus()
    this.#text.value = ""
    this.#typedAt = 0
    this.#grow()
    this.#actions.send(text)
    this.focus()
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.#form.requestSubmit()
  }

  #type() {
    this.#grow()
    if (!this.#text.value || Date.now() - this.#typedAt < TYPING_EVERY) return
    this.#typedAt = Date.now()
    this.#actions.typing()
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return
    event.preventDefault()
    this.#choose(files)
  }

  #drop(event) {
    event.preventDefault()
    if (!this.#form.hidden) this.#choose([...(event.dataTransfer?.files ?? [])])
  }

  #choose(files) {
    this.#files.value = ""
    for (const file of files.slice(0, this.#limits.mostFiles)) {
      if (file.size > this.#limits.largestFile) {
        this.#actions.complain(say("large", { name: file.name, limit: Math.floor(this.#limits.largestFile / 2 ** 20) }))
      } else {
        this.#actions.attach(file)
      }
    }
  }
}
