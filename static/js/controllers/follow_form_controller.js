import { Controller } from "@hotwired/stimulus"

const PAUSE = 600

/* Keeps a frame in step with the form around it: its address gets the form's fields as parameters,
   a moment after they have changed. Files, the token and empty fields are left out. */
export default class extends Controller {
  static values = { url: String, frame: String }

  connect() {
    this.asked = this.#parameters()
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#follow(), PAUSE)
  }

  #follow() {
    const asked = this.#parameters()
    if (asked === this.asked) return
    this.asked = asked
    document.getElementById(this.frameValue).src = `${this.urlValue}?${asked}`
  }

  #parameters() {
    const fields = [...new FormData(this.element)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string" && value)
    return new URLSearchParams(fields).toString()
  }
}
