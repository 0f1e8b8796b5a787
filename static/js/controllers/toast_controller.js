import { Controller } from "@hotwired/stimulus"

const LIFE = 6_000

/* A toast leaves by itself, but not from under the pointer or the focus. */
export default class extends Controller {
  #timer

  connect() {
    this.resume()
  }

  disconnect() {
    this.pause()
  }

  pause() {
    clearTimeout(this.#timer)
  }

  resume() {
    this.pause()
    this.#timer = setTimeout(() => this.close(), LIFE)
  }

  close() {
    this.element.remove()
  }
}
