import { Controller } from "@hotwired/stimulus"

/* Choosing several cards: while it is on, a click ticks a card instead of opening it. */
export default class extends Controller {
  static targets = ["toggle", "bar", "count", "act", "owners"]

  #chosen = new Set()
  #observer = new MutationObserver(() => this.#keep())

  disconnect() {
    this.#observer.disconnect()
  }

  toggle() {
    const isOn = this.barTarget.hidden
    this.barTarget.hidden = !isOn
    this.toggleTarget.setAttribute("aria-pressed", String(isOn))
    this.#board?.classList.toggle("board--selecting", isOn)
    if (isOn && this.hasOwnersTarget && !this.ownersTarget.src) this.ownersTarget.src = this.ownersTarget.dataset.src
    this.#chosen.clear()
    this.mark()
    if (isOn && this.#board) this.#observer.observe(this.#board, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] })
    else this.#observer.disconnect()
  }

  click(event) {
    const card = event.target.closest?.(".board--selecting .deal")
    if (!card) return
    event.preventDefault()
    event.stopPropagation()
    const { deal } = card.dataset
    if (!this.#chosen.delete(deal)) this.#chosen.add(deal)
    this.mark()
  }

  all() {
    for (const { dataset } of this.element.querySelectorAll("#board .deal")) this.#chosen.add(dataset.deal)
    this.mark()
  }

  mark() {
    for (const card of this.element.querySelectorAll("#board .deal")) {
      const isChosen = this.#chosen.has(card.dataset.deal)
      card.classList.toggle("deal--selected", isChosen)
      card.querySelector(".deal__name").toggleAttribute("aria-checked", isChosen)
    }
    const count = this.#chosen.size
    this.countTarget.textContent = this.countTarget.dataset.words.replace("{n}", count)
    for (const button of this.actTargets) button.disabled = count === 0
  }

  /* submit: the form carries the cards that are ticked */
  fill() {
    for (const old of this.barTarget.querySelectorAll("input[name=id]")) old.remove()
    for (const deal of this.#chosen) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "id", value: deal })
      this.barTarget.append(field)
    }
  }

  /* turbo:submit-end, also of the dialog that a stage asks with */
  done({ target, detail: { success } }) {
    if (!success || !target.matches("[data-bulk]")) return
    this.#chosen.clear()
    this.mark()
  }

  /* News draw cards anew, without their ticks, and take cards away. */
  #keep() {
    for (const deal of this.#chosen) if (!document.getElementById(`deal_${deal}`)) this.#chosen.delete(deal)
    this.mark()
  }

  get #board() {
    return this.element.querySelector("#board")
  }
}
