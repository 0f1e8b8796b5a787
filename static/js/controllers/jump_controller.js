import { Controller } from "@hotwired/stimulus"

const CURRENT = "menu__item--active"

/* The palette of Ctrl+K: type, choose with the arrows, Enter goes there. */
export default class extends Controller {
  static targets = ["input", "results", "option"]

  #isWaiting = false

  connect() {
    this.resultsTarget.addEventListener("turbo:frame-load", () => this.#isWaiting && this.#go())
    new MutationObserver(() => this.element.open && this.#opened()).observe(this.element, { attributeFilter: ["open"] })
  }

  optionTargetConnected(option) {
    if (option === this.optionTargets[0]) this.#mark(option)
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    this.#isWaiting = false
    if (event.key === "Enter") this.#go()
    if (step) this.#move(step)
    if (step || event.key === "Enter") event.preventDefault()
  }

  backdrop({ target }) {
    if (target === this.element || target.closest("[data-jump-target=option]")) this.element.close()
  }

  clear() {
    this.inputTarget.value = ""
  }

  #opened() {
    this.resultsTarget.src = this.resultsTarget.dataset.src
    this.inputTarget.focus()
  }

  /* Who types faster than the results come means what they typed, not what stands there still. */
  #go() {
    this.#isWaiting = this.resultsTarget.hasAttribute("busy") || !this.#isAnswered
    if (this.#isWaiting) return
    this.optionTargets.find((option) => option.classList.contains(CURRENT))?.click()
    this.element.close()
  }

  get #isAnswered() {
    const { src } = this.resultsTarget
    return (new URL(src, location.href).searchParams.get("q") ?? "") === this.inputTarget.value
  }

  #move(step) {
    const index = this.optionTargets.findIndex((option) => option.classList.contains(CURRENT)) + step
    const option = this.optionTargets[Math.max(0, Math.min(index, this.optionTargets.length - 1))]
    if (option) this.#mark(option)
  }

  #mark(chosen) {
    for (const option of this.optionTargets) option.classList.toggle(CURRENT, option === chosen)
    chosen.scrollIntoView({ block: "nearest" })
  }
}
