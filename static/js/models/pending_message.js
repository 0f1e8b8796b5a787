/* The bubble of a message that the server has not seen yet: the server's own template, filled in.
   The server's bubble has the same id and takes its place. */

import { formatTime } from "lib/times"
import { formatSize } from "lib/sizes"
import { words } from "lib/toasts"

const LAST = "~" // sorts after every key of the server

export function pendingBubble(item) {
  const template = document.querySelector(item.internal ? "#pending_note" : "#pending_reply")
  const bubble = template.content.firstElementChild.cloneNode(true)
  const at = new Date(item.at)
  bubble.id = `message_${item.id}`
  bubble.dataset.key = `${LAST}${item.at}`
  bubble.dataset.at = at.toISOString()
  delete bubble.dataset.message
  for (const time of bubble.querySelectorAll("local-time")) {
    time.setAttribute("datetime", at.toISOString())
    time.textContent = formatTime(at, "time")
  }
  const text = bubble.querySelector(".message__text")
  text.textContent = item.text
  const files = (item.attachments ?? []).map(fileOf)
  if (document.querySelector(".composer__letter")) text.after(...files) // as letters have them
  else text.before(...files)
  if (item.quote) bubble.querySelector(".message__body").prepend(quoteOf(item.quote))
  return bubble
}

/* Say under the bubble that it is not sent, with a way out. */
export function showTrouble(bubble, reason, { isFinal }) {
  clearTrouble(bubble)
  const trouble = document.querySelector("#pending_failure").content.firstElementChild.cloneNode(true)
  trouble.querySelector("[data-reason]").textContent = reason || words("refused")
  trouble.classList.toggle("message__failure--unknown", !isFinal)
  bubble.classList.toggle("message--failed", isFinal)
  bubble.classList.toggle("message--pending", !isFinal)
  showState(bubble, !isFinal)
  bubble.append(trouble)
}

export function clearTrouble(bubble) {
  bubble.querySelector(".message__failure")?.remove()
  bubble.classList.remove("message--failed")
  showState(bubble, true)
}

/* The sign beside the time: what was refused waits no more. */
function showState(bubble, isShown) {
  const sign = bubble.querySelector(".message__status")
  if (sign) sign.hidden = !isShown
}

function fileOf({ name, size }) {
  const file = document.querySelector("#pending_file").content.firstElementChild.cloneNode(true)
  file.querySelector("[data-type]").textContent = name.includes(".") ? name.split(".").pop().slice(0, 4).toUpperCase() : "…"
  file.querySelector("[data-name]").textContent = name
  file.querySelector("[data-size]").textContent = formatSize(size)
  return file
}

function quoteOf({ name, text }) {
  const quote = document.createElement("span")
  quote.className = "message__quote"
  const author = document.createElement("b")
  author.textContent = name
  const said = document.createElement("span")
  said.textContent = text
  quote.append(author, said)
  return quote
}
