/* localStorage as JSON, under keys of this workspace and member. A browser that keeps nothing is no
   reason to fail. */

import { Current } from "lib/current"

export function read(name, otherwise = null) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name))) ?? otherwise
  } catch {
    return otherwise
  }
}

export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(keyOf(name))
    else localStorage.setItem(keyOf(name), JSON.stringify(value))
  } catch {
    // Full or forbidden: what was typed stays on the page.
  }
}

function keyOf(name) {
  return `tandem:${Current.workspace}:${Current.membership}:${name}`
}
