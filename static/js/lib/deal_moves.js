/* Storing where a card was put. The page shows it already; a refusal puts it back. */

import * as Turbo from "@hotwired/turbo"
import { Current } from "lib/current"

/* Where a card lies: its stage and the cards around it. */
export function placeOf(card) {
  const sibling = (direction) => {
    let found = card[direction]
    while (found && !found.matches(".deal")) found = found[direction]
    return found?.dataset.deal ?? ""
  }
  return { stage: card.parentElement.dataset.stage, after: sibling("previousElementSibling"), before: sibling("nextElementSibling") }
}

/* Sends it. Resolves to false when the server refused and said where the card belongs, to null when
   nobody said. */
export async function storePlace(url, card, { stage, after = "", before = "" }) {
  const body = new FormData()
  for (const [name, value] of Object.entries({ stage, after, before, seen_stage: card.dataset.stage })) body.append(name, value)
  try {
    const headers = { Accept: "text/vnd.turbo-stream.html, text/html", "X-CSRFToken": Current.csrf }
    const response = await fetch(`${url}deals/${card.dataset.deal}/place/`, { method: "POST", body, headers })
    const isTold = response.headers.get("Content-Type")?.includes("turbo-stream")
    if (isTold) Turbo.renderStreamMessage(await response.text())
    return response.ok || (isTold ? false : null)
  } catch {
    return null
  }
}

/* Fetches cards as they are now; the answer places them or takes them away. */
export async function fetchCards(pipelineUrl, address, ids) {
  if (!ids.length) return
  const asked = new URLSearchParams(address)
  for (const id of ids) asked.append("id", id)
  const response = await fetch(`${pipelineUrl}cards/?${asked}`, { headers: { Accept: "text/vnd.turbo-stream.html" } }).catch(() => null)
  if (response?.ok) Turbo.renderStreamMessage(await response.text())
}
