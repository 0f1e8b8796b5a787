// Small parts of which all phones are made. Texts go in as text nodes only.

import { words } from "./words.js"

export const find = (id) => document.getElementById(id)

export function fill(select, options, chosen) {
  const current = chosen ?? select.value
  select.replaceChildren(...options.map(({ id, name }) => new Option(name, id, false, String(id) === String(current))))
}

export function element(tag, className = "", text = "") {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text) node.textContent = text
  return node
}

export function bubbleOf(key, mine) {
  const item = element("li", `bubble${mine ? " bubble--mine" : ""}`)
  item.dataset.message = key
  return item
}

export function media(tag, source, label) {
  const node = element(tag)
  node.src = source
  if (tag === "img") node.alt = label
  else {
    node.controls = true
    node.preload = "metadata"
    node.setAttribute("aria-label", label)
  }
  return node
}

export function link(address, label) {
  const node = element("a", "", label)
  node.href = address
  node.target = "_blank"
  node.rel = "noreferrer"
  return node
}

export function place({ latitude, longitude, name }) {
  return element("span", "", `${name ?? words.location}: ${latitude}, ${longitude}`)
}

// What can be done with a bubble, and when it was written (`at` in milliseconds).
export function foot(actions, at, { before = "", after = "" } = {}) {
  const line = element("span", "bubble__foot")
  for (const [name, label] of actions) {
    const button = buttonOf(label, { action: name })
    button.className = "link"
    line.append(button)
  }
  const time = new Date(at).toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit" })
  line.append(element("span", "", [before, time, after].filter(Boolean).join(" ")))
  return line
}

// Rows of `{label, address?, data?}`: links where there is an address, else buttons to press.
export function keyboard(rows) {
  const box = element("div", "bubble__buttons")
  for (const row of rows) {
    const line = element("div")
    for (const { label, address, data } of row) {
      line.append(/^https?:/.test(address ?? "") ? link(address, label) : buttonOf(label, data))
    }
    box.append(line)
  }
  return box
}

export function reactions(emojis) {
  const shown = emojis.filter(Boolean).join(" ")
  return shown ? [element("span", "bubble__reactions", shown)] : []
}

// Ranges nest and never cross; they count UTF-16 units, and so do JavaScript's strings. `tagOf`
// makes the node that a range puts around a piece, or none.
export function formatted(text, ranges, tagOf) {
  const edges = new Set([0, text.length])
  for (const { start, length } of ranges) edges.add(start).add(start + length)
  const sorted = [...edges].sort((one, other) => one - other)
  const fragment = document.createDocumentFragment()
  sorted.slice(0, -1).forEach((start, index) => {
    const piece = text.slice(start, sorted[index + 1])
    let node = document.createTextNode(piece)
    for (const range of ranges) {
      const tag = range.start <= start && start < range.start + range.length && tagOf(range, piece)
      if (!tag) continue
      tag.append(node)
      node = tag
    }
    fragment.append(node)
  })
  return fragment
}

function buttonOf(label, data = {}) {
  const button = element("button", "", label)
  button.type = "button"
  Object.assign(button.dataset, data)
  return button
}
