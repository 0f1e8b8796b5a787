import { Controller } from "@hotwired/stimulus"

const PAUSE = 200

/* A search form that sends itself while one types. */
export default class extends Controller {
  static targets = ["input"]

  connect() {
    document.addEventListener("turbo:frame-load", this.#follow)
  }

  disconnect() {
    clearTimeout(this.timer)
    document.removeEventListener("turbo:frame-load", this.#follow)
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.element.requestSubmit(), PAUSE)
  }

  now() {
    clearTimeout(this.timer)
    this.element.requestSubmit()
  }

  /* Escape empties the field first (browsers do that by themselves) and then leaves it: keys work again. */
  leave() {
    if (!this.inputTarget.value) this.inputTarget.blur()
  }

  /* Another view was chosen meanwhile: say what the list shows. */
  #follow = ({ target }) => {
    if (target.id !== this.element.dataset.turboFrame || document.activeElement === this.inputTarget) return
    const asked = new URL(target.src, location.href).searchParams
    this.inputTarget.value = asked.get("q") ?? ""
    const view = this.element.querySelector("[name=view]")
    if (view) view.value = asked.get("view") ?? view.value
  }
}
