import { Controller } from "@hotwired/stimulus"
import * as Turbo from "@hotwired/turbo"
import Sortable from "sortablejs"
import { nameOf } from "lib/deal_cards"
import { fetchCards, placeOf, storePlace } from "lib/deal_moves"
import { openDialog } from "lib/frame_dialog"
import { toast } from "lib/toasts"
import { Current } from "lib/current"

const PAUSE = 150

/* The board: cards that are dragged, what is told of them, columns that fold and fill as one scrolls. */
export default class extends Controller {
  static targets = ["list", "end", "more", "menu", "column"]
  static values = { url: String, pipelineUrl: String, address: String, writes: Boolean }

  #sortables = new Map()
  #observer = new IntersectionObserver((entries) => this.#near(entries), { rootMargin: "400px" })
  #stale = new Set()
  #dragged = null

  connect() {
    this.element.addEventListener("board:card", this.#told)
    this.element.addEventListener("board:stale", this.#overtaken)
    this.element.dataset.boardReady = "true"
  }

  disconnect() {
    this.element.removeEventListener("board:card", this.#told)
    this.element.removeEventListener("board:stale", this.#overtaken)
    this.#observer.disconnect()
    for (const sortable of this.#sortables.values()) sortable.destroy()
    this.#sortables.clear()
    clearTimeout(this.timer)
  }

  listTargetConnected(list) { this.#sort(list, { onEnd: (event) => this.#dropped(event) }) }
  endTargetConnected(end) { this.#sort(end, { sort: false }) }
  listTargetDisconnected(list) { this.#unsort(list) }
  endTargetDisconnected(end) { this.#unsort(end) }
  moreTargetConnected(link) { this.#observer.observe(link) }

  click(event) {
    const button = event.target.closest(".deal__more")
    if (button) this.#openMenu(button.closest(".deal"), button.getBoundingClientRect())
  }

  menu(event) {
    const card = event.target.closest(".deal")
    if (!card || event.target.closest("a")?.matches("[href]") && event.shiftKey) return
    event.preventDefault()
    this.#openMenu(card, { left: event.clientX, bottom: event.clientY, top: event.clientY })
  }

  open() {
    this.menuTarget.hidePopover()
    nameOf(this.chosen)?.click()
  }

  /* The menu's twin of dragging. */
  move({ params: { stage } }) {
    this.menuTarget.hidePopover()
    this.#send(this.chosen, { stage })
  }

  /* board:drop, from the keyboard */
  drop({ detail: { card, back } }) {
    this.#send(card, placeOf(card), back)
  }

  async fold(event) {
    const column = event.target.closest(".board__column")
    const isFolded = column.classList.toggle("board__column--folded")
    column.querySelector(".board__fold").setAttribute("aria-expanded", String(!isFolded))
    const body = new URLSearchParams({ fold: column.dataset.stage })
    await fetch(`${this.pipelineUrlValue}preference/`, { method: "POST", body, headers: { "X-CSRFToken": Current.csrf } })
  }

  add(event) {
    const { stage } = event.target.closest(".board__column").dataset
    openDialog(document.querySelector("#new_dialog"), `${this.pipelineUrlValue}new/?stage=${stage}`)
  }

  /* live:changed: a customer has written, a task is done: their cards say something else now */
  changed({ detail: { names } }) {
    // The board alone: the sheet beside it may have something typed into it.
    if (names.includes("pipelines")) Turbo.visit(location.href, { frame: "funnel", action: "replace" })
    for (const card of this.element.querySelectorAll(".deal")) {
      const { deal, conversation, contact } = card.dataset
      if (names.includes(`deal:${deal}`) && this.#isFiltered) this.#want(deal)
      if (names.includes(`task:${deal}`) || names.includes(`contact:${contact}`)) this.#want(deal)
      if (conversation && names.includes(`head:${conversation}`)) this.#want(deal)
    }
  }

  /* What the news say of a card does not tell whether it fits the filters: the server does. */
  #told = (event) => {
    const { card, fits } = event.detail
    if (card.dataset.deal === this.#dragged) event.preventDefault()
    else if (this.#isFiltered && !fits) {
      event.preventDefault()
      this.#want(card.dataset.deal)
    }
  }

  #overtaken = ({ detail: { deals } }) => {
    for (const deal of deals) this.#want(deal)
  }

  get #isFiltered() { return this.addressValue !== "" }

  #want(deal) {
    this.#stale.add(deal)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#fetch(), PAUSE)
  }

  async #fetch() {
    const ids = [...this.#stale].slice(0, 200)
    this.#stale.clear()
    await fetchCards(this.pipelineUrlValue, this.addressValue, ids)
  }

  #sort(element, options) {
    if (!this.writesValue) return
    this.#sortables.set(element, Sortable.create(element, {
      group: "deals", draggable: ".deal", animation: 120, delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6,
      filter: ".deal__more", preventOnFilter: false, ghostClass: "deal--ghost", dragClass: "deal--dragged", forceFallback: true,
      fallbackTolerance: 5, scrollSensitivity: 60, emptyInsertThreshold: 40,
      onStart: ({ item }) => { this.#dragged = item.dataset.deal; this.element.classList.add("board--dragging") },
      ...options,
    }))
  }

  #unsort(element) {
    this.#sortables.get(element)?.destroy()
    this.#sortables.delete(element)
  }

  #dropped({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
    this.#dragged = null
    this.element.classList.remove("board--dragging")
    if (from === to && oldDraggableIndex === newDraggableIndex) return
    const back = () => from.insertBefore(item, from.querySelectorAll(":scope > .deal")[oldDraggableIndex] ?? from.querySelector("[data-list-end]"))
    if (to.matches(".board__end")) {
      back()
      this.#send(item, { stage: to.dataset.stage })
    } else this.#send(item, placeOf(item), back)
  }

  async #send(card, place, back = () => {}) {
    const end = this.endTargets.find(({ dataset }) => dataset.stage === place.stage)
    if (end && end.dataset.group !== "won") {
      openDialog(document.querySelector("#outcome_dialog"), `${this.urlValue}deals/${card.dataset.deal}/outcome/?stage=${place.stage}`)
      return
    }
    const done = await storePlace(this.urlValue, card, place)
    if (done === null) {
      back()
      toast(this.menuTarget.dataset.offline)
    }
  }

  #openMenu(card, { left, top, bottom }) {
    if (!this.writesValue) return
    this.chosen = card
    this.menuTarget.showPopover()
    const { width, height } = this.menuTarget.getBoundingClientRect()
    const down = bottom + height < innerHeight ? bottom : Math.max(4, top - height)
    Object.assign(this.menuTarget.style, { position: "fixed", inset: "auto", margin: "0", top: `${down}px`, left: `${Math.max(4, Math.min(left, innerWidth - width - 4))}px` })
    this.menuTarget.querySelector("button").focus()
  }

  #near(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      this.#observer.unobserve(target)
      target.click()
    }
  }
}
