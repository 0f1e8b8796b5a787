import { Controller } from "@hotwired/stimulus"
import { cardsOf, nameOf } from "lib/deal_cards"

/* The board by keyboard: arrows go from card to card; space picks one up, arrows then carry it, space
   drops it, Escape puts it back. What happens is said to screen readers. */
export default class extends Controller {
  static targets = ["voice"]

  press(event) {
    const name = event.target.closest?.(".deal__name")
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return
    const card = name.closest(".deal")
    if (event.key === " ") this.#toggle(event, card)
    else if (event.key === "Escape" && this.held === card) this.#putBack(event)
    else if (event.key.startsWith("Arrow")) this.#arrow(event, card)
    else if (event.key.toLowerCase() === "m" || event.code === "KeyM") this.#menu(event, card)
  }

  /* In the menu of a card, as in any menu. */
  walk(event) {
    const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")]
    const index = items.indexOf(document.activeElement)
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    items.at(next % items.length).focus()
  }

  /* Whoever leaves a card that they hold has dropped nothing. */
  follow({ target }) {
    if (this.held && !this.held.contains(target)) this.#cancel()
  }

  #toggle(event, card) {
    event.preventDefault()
    if (this.element.classList.contains("board--readonly")) return
    if (this.held === card) {
      this.#release()
      this.#say("dropped", card)
      const back = this.origin
      this.dispatch("drop", { prefix: "board", detail: { card, back } })
    } else {
      const { parentElement: list, nextElementSibling: next } = card
      this.origin = () => list.insertBefore(card, next?.isConnected ? next : list.querySelector("[data-list-end]"))
      this.held = card
      card.classList.add("deal--selected")
      nameOf(card).setAttribute("aria-pressed", "true")
      this.#say("grabbed", card)
    }
  }

  #arrow(event, card) {
    event.preventDefault()
    const list = card.parentElement
    const cards = cardsOf(list)
    const index = cards.indexOf(card)
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (sideways) {
      const other = this.#column(list, sideways)
      if (!other) return
      const beside = cardsOf(other)[Math.min(index, cardsOf(other).length - 1)] ?? null
      if (this.held) this.#carry(card, other, beside ?? other.querySelector("[data-list-end]"))
      else nameOf(beside)?.focus()
      return
    }
    const step = event.key === "ArrowUp" ? -1 : 1
    const other = cards[index + step]
    if (!other) return
    if (this.held) this.#carry(card, list, step < 0 ? other : other.nextElementSibling)
    else nameOf(other).focus()
  }

  #carry(card, list, before) {
    this.carrying = true
    list.insertBefore(card, before)
    nameOf(card).focus()
    this.carrying = false
    card.scrollIntoView({ block: "nearest", inline: "nearest" })
    this.#say("moved", card)
  }

  #column(list, step) {
    const lists = [...this.element.querySelectorAll(".board__column:not(.board__column--folded) > .board__cards")].filter((one) => one.offsetParent)
    return lists[lists.indexOf(list) + step]
  }

  #menu(event, card) {
    event.preventDefault()
    card.querySelector(".deal__more")?.click()
  }

  #putBack(event) {
    event.preventDefault()
    event.stopPropagation()
    const card = this.held
    this.#cancel()
    nameOf(card).focus()
  }

  #cancel() {
    if (this.carrying) return
    const card = this.held
    this.#release()
    this.origin()
    this.#say("cancelled", card)
  }

  #release() {
    this.held.classList.remove("deal--selected")
    nameOf(this.held).removeAttribute("aria-pressed")
    this.held = null
  }

  #say(what, card) {
    const list = card.parentElement
    const values = { name: nameOf(card).textContent, stage: list.closest("[data-name]").dataset.name, place: cardsOf(list).indexOf(card) + 1 }
    const words = this.element.querySelector("#deal_menu").dataset[what]
    this.voiceTarget.textContent = words.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole)
  }
}
