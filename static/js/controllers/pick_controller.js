import { Controller } from "@hotwired/stimulus"

/* A list of buttons to pick one from: arrows move, letters narrow it down. */
export default class extends Controller {
  static targets = ["input", "option"]

  connect() {
    const first = this.hasInputTarget ? this.inputTarget : this.optionTargets[0]
    first?.focus()
  }

  filter() {
    const wanted = this.inputTarget.value.trim().toLocaleLowerCase()
    for (const option of this.optionTargets) option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted)
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Enter" && event.target === this.inputTargets[0]) {
      event.preventDefault()
      this.#shown[0]?.click()
    }
    if (!step) return
    event.preventDefault()
    const options = this.#shown
    const index = options.indexOf(document.activeElement) + step
    options[Math.max(0, Math.min(index, options.length - 1))]?.focus()
  }

  get #shown() {
    return this.optionTargets.filter((option) => !option.hidden)
  }
}
