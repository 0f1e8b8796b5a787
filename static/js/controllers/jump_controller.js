import { Controller } from "@hotwired/stimulus"

const CURRENT = "menu__item--active"

/* The palette of Ctrl+K: type, choose with the arrows, Enter goes there. */
export default class extends Controller {
  static targets = ["input", "results", "option"]

  connect() {
    new MutationObserver(() => this.element.open && this.#opened()).observe(this.element, { attributeFilter: ["open"] })
  }

  optionTargetConnected(option) {
    if (option === this.optionTargets[0]) this.#mark(option)
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
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

  #go() {
    if (this.resultsTarget.hasAttribute("busy")) return
    this.optionTargets.find((option) => option.classList.contains(CURRENT))?.click()
    this.element.close()
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
