/* Turbo Stream actions of our own.

   <turbo-stream action="place" target="thread_..."> puts each element of its template among the
   target's children by data-key, which compares as text, and changes the one that has its id in
   place. Told twice, late or out of order, the list ends up the same. Where a list begins later
   than its content, at a link [data-list-more] to what comes before, an earlier element waits until
   the list has reached its place.

   News carry the `seq` that they tell of; the answer to a form carries the `as-of` that it cannot
   be older than. An answer that later news of the same element have overtaken is left out, also
   where the news took the element away.

   <turbo-stream action="visit" url="..."> goes there: what a form in a frame has made is a page. */

import { StreamActions, morphElements, visit } from "@hotwired/turbo"

export function addStreamActions() {
  const { remove } = StreamActions
  StreamActions.remove = function () {
    if (isOvertaken(this, this.target)) return
    remove.call(this)
    remember(this, this.target)
  }
  StreamActions.place = function () {
    for (const list of this.targetElements) {
      for (const item of [...this.templateContent.cloneNode(true).children]) {
        if (isOvertaken(this, item.id)) continue
        placeItem(list, item)
        remember(this, item.id)
      }
    }
  }
  StreamActions.visit = function () {
    visit(this.getAttribute("url"))
  }
}

const waiting = new WeakMap()
const told = new Map()
const MOST_TOLD = 2000

export function isOvertaken(stream, id) {
  return Number(stream.getAttribute("as-of") ?? Infinity) < (told.get(id) ?? 0)
}

export function remember(stream, id) {
  if (!stream.hasAttribute("seq")) return
  const seq = Math.max(Number(stream.getAttribute("seq")), told.get(id) ?? 0)
  told.delete(id)
  told.set(id, seq)
  if (told.size > MOST_TOLD) told.delete(told.keys().next().value)
}

export function placeItem(list, item) {
  const known = document.getElementById(item.id)
  if (known && list.contains(known)) {
    morphElements(known, item)
    if (!isInOrder(known)) list.insertBefore(known, follower(list, known))
    return known
  }
  if (isBeforeAll(list, item)) {
    if (!waiting.has(list)) waiting.set(list, new Map())
    waiting.get(list).set(item.id, item)
  } else {
    list.insertBefore(item, follower(list, item))
  }
  return item
}

/* What comes before is asked for now: the answer will have all that has waited so far. */
export function forgetWaiting(list) {
  waiting.delete(list)
}

/* The list begins earlier now: place what has waited for that. */
export function placeWaiting(list) {
  const items = waiting.get(list)
  waiting.delete(list)
  for (const item of items?.values() ?? []) placeItem(list, item)
}

function isBeforeAll(list, item) {
  if (!list.querySelector(":scope > [data-list-more]")) return false
  const first = list.querySelector(":scope > [data-key]")
  return first !== null && item.dataset.key < first.dataset.key
}

function isInOrder(item) {
  const { key } = item.dataset
  const before = nearest(item, "previousElementSibling")
  const after = nearest(item, "nextElementSibling")
  return (!before || before.dataset.key <= key) && (!after || key <= after.dataset.key)
}

function nearest(item, direction) {
  let sibling = item[direction]
  while (sibling && !sibling.dataset.key) sibling = sibling[direction]
  return sibling
}

/* The first child that comes after the item; new things mostly belong to the end. */
function follower(list, item) {
  let next = list.querySelector(":scope > [data-list-end]")
  for (let child = list.lastElementChild; child; child = child.previousElementSibling) {
    if (child === item || !child.dataset.key) continue
    if (child.dataset.key <= item.dataset.key) break
    next = child
  }
  return next
}
