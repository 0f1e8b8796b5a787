import { Controller } from "@hotwired/stimulus"
import { Current } from "lib/current"

const PAUSE = 350

/* A phone that shows what the form says, without storing it. */
export default class extends Controller {
  static targets = ["screen", "stay", "next"]
  static values = { url: String }

  disconnect() {
    clearTimeout(this.timer)
    this.abort?.abort()
  }

  soon({ target }) {
    if (target.type === "file") return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#show(), this.screenTarget.contains(target) ? 0 : PAUSE)
  }

  /* Some choices change which fields there are: the page is made anew with what is filled in. */
  stay() {
    clearTimeout(this.timer)
    this.element.requestSubmit(this.stayTarget)
  }

  next(event) {
    event.preventDefault()
    this.element.requestSubmit(this.nextTarget)
  }

  async #show() {
    this.abort?.abort()
    this.abort = new AbortController()
    const body = new FormData(this.element)
    body.delete("files")
    try {
      const answer = await fetch(this.urlValue, { method: "POST", body, signal: this.abort.signal, headers: { "X-CSRFToken": Current.csrf } })
      if (answer.ok) this.#replace(await answer.text())
    } catch (error) {
      // Out of reach: the phone shows what it showed, and the form is kept.
      if (error.name !== "AbortError" && error.name !== "TypeError") throw error
    }
  }

  #replace(html) {
    const focused = this.screenTarget.contains(document.activeElement) ? document.activeElement : null
    const { body } = new DOMParser().parseFromString(html, "text/html")
    this.screenTarget.replaceChildren(...body.childNodes)
    if (!focused) return
    const same = focused.type === "radio" ? `[name="${focused.name}"]:checked` : `[name="${focused.name}"]`
    this.screenTarget.querySelector(same)?.focus()
  }
}
