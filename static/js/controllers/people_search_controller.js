import { Controller } from "@hotwired/stimulus"

const PAUSE = 200

/* Finds customers while a name is being written. */
export default class extends Controller {
  static targets = ["input", "frame"]
  static values = { url: String }

  disconnect() {
    clearTimeout(this.timer)
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.frameTarget.src = `${this.urlValue}?${new URLSearchParams({ q: this.inputTarget.value })}`
    }, PAUSE)
  }
}
