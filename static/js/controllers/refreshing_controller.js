import { Controller } from "@hotwired/stimulus"

const PAUSE = 1000

/* As long as this stands in a frame, the frame is fetched again each second. */
export default class extends Controller {
  static values = { src: String }

  connect() {
    this.timer = setTimeout(() => this.#fetch(), PAUSE)
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  #fetch() {
    const frame = this.element.closest("turbo-frame")
    if (!frame) return
    if (frame.src) frame.reload()
    else frame.src = this.srcValue
    // Whoever was out of reach is asked again.
    this.timer = setTimeout(() => this.#fetch(), PAUSE * 5)
  }
}
