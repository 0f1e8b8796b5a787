/* Cards of the board as the server tells of them.

   <turbo-stream action="card" target="cards_<stage>"> puts a card among its column's by data-key,
   wherever it was before. A place beyond what the column has loaded is left to the scrolling. With
   `fits` the server has looked at the page's filters; without, the board may ask it.

   <turbo-stream action="more" target="more_..."> puts the next cards of a column in the place of
   their link. Those that the board has by now stay as they are, and those that news have overtaken
   are asked for again: event board:stale. */

import { StreamActions } from "@hotwired/turbo"
import { isOvertaken, placeItem, remember } from "lib/stream_actions"

StreamActions.card = function () {
  for (const card of [...this.templateContent.cloneNode(true).children]) {
    if (isOvertaken(this, card.id)) continue
    const told = new CustomEvent("board:card", { bubbles: true, cancelable: true, detail: { card, fits: this.hasAttribute("fits") } })
    const board = document.querySelector("#board")
    if (!board?.dispatchEvent(told)) continue
    placeCard(this.targetElements[0], card)
    remember(this, card.id)
  }
}

StreamActions.more = function () {
  const [link] = this.targetElements
  if (!link) return
  const content = this.templateContent.cloneNode(true)
  const stale = []
  for (const card of content.querySelectorAll(".deal")) {
    if (isOvertaken(this, card.id)) stale.push(card.dataset.deal)
    if (isOvertaken(this, card.id) || document.getElementById(card.id)) card.remove()
  }
  const list = link.parentElement
  link.replaceWith(content)
  if (stale.length) list.dispatchEvent(new CustomEvent("board:stale", { bubbles: true, detail: { deals: stale } }))
}

export function placeCard(list, card) {
  const known = document.getElementById(card.id)
  if (!list || isBeyond(list, card)) {
    known?.remove()
    return null
  }
  const hasFocus = known?.contains(document.activeElement)
  if (known && !list.contains(known)) list.append(known)
  const placed = placeItem(list, card)
  if (hasFocus) nameOf(placed)?.focus({ preventScroll: true })
  return placed
}

export function nameOf(card) {
  return card?.querySelector(".deal__name")
}

export function cardsOf(list) {
  return [...list.querySelectorAll(":scope > .deal")]
}

function isBeyond(list, card) {
  if (!list.querySelector(":scope > [data-list-end]")) return false
  const last = cardsOf(list).filter(({ id }) => id !== card.id).at(-1)
  return Boolean(last) && card.dataset.key > last.dataset.key
}
