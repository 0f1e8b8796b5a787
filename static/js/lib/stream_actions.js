/* Turbo Stream actions of our own.

   <turbo-stream action="place" target="thread_..."> puts each element of its template among the
   target's children by data-key, which compares as text, and changes the one that has its id in
   place. Told twice, late or out of order, the list ends up the same.

   <turbo-stream action="visit" url="..."> goes there: what a form in a frame has made is a page. */

import { StreamActions, morphElements, visit } from "@hotwired/turbo"

export function addStreamActions() {
  StreamActions.place = function () {
    for (const list of this.targetElements) {
      for (const item of [...this.templateContent.cloneNode(true).children]) placeItem(list, item)
    }
  }
  StreamActions.visit = function () {
    visit(this.getAttribute("url"))
  }
}

export function placeItem(list, item) {
  const known = document.getElementById(item.id)
  if (known && list.contains(known)) {
    morphElements(known, item)
    if (!isInOrder(known)) list.insertBefore(known, follower(list, known))
    return known
  }
  list.insertBefore(item, follower(list, item))
  return item
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
