/* Keeps a divider before the first item of each day, in the viewer's own time zone. */

import { dayOf } from "lib/times"

export function arrangeDays(list) {
  let previous = null
  let divider = null
  for (const child of [...list.children]) {
    if (child.matches(".thread__day")) {
      divider?.remove()
      divider = child
    } else if (child.dataset.at) {
      const day = dayOf(new Date(child.dataset.at))
      if (day === previous) divider?.remove()
      else if (divider) write(divider, child.dataset.at)
      else child.before(write(fresh(), child.dataset.at))
      previous = day
      divider = null
    }
  }
  divider?.remove()
}

function fresh() {
  return document.querySelector("#day_divider").content.firstElementChild.cloneNode(true)
}

function write(divider, moment) {
  if (dayOf(new Date(divider.getAttribute("datetime") ?? 0)) !== dayOf(new Date(moment))) divider.setAttribute("datetime", moment)
  return divider
}
