/* Messages on their way to the server, in order, kept in localStorage until it has taken them.

   A message has its client_id from the start, so sending it again is harmless, also from two tabs.
   States of an item: "waiting" (will be sent), "refused" (the server said no: `reason`). */

import { renderStreamMessage } from "@hotwired/turbo"
import { backoff } from "lib/backoff"
import { Current } from "lib/current"
import { read, write } from "lib/storage"

const listeners = new Set()
let running = false
let attempt = 0
let timer

export const outbox = {
  add(item) {
    save([...items(), { ...item, state: "waiting" }])
    this.flush()
  },

  of(conversation) {
    return items().filter((item) => item.conversation === conversation)
  },

  retry(id) {
    change(id, { state: "waiting", reason: "" })
    this.flush()
  },

  discard(id) {
    save(items().filter((item) => item.id !== id))
  },

  /* `listener(item, news)`; news is "waiting", "refused" or "sent". */
  listen(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },

  async flush() {
    if (running) return
    running = true
    clearTimeout(timer)
    try {
      await sendAll()
    } finally {
      running = false
    }
  },
}

addEventListener("online", () => outbox.flush())
document.addEventListener("live:status", ({ detail }) => detail.state === "connected" && outbox.flush())

async function sendAll() {
  for (let item = next(); item; item = next()) {
    const answer = await send(item)
    if (answer.isLost) {
      tell(item, "waiting")
      timer = setTimeout(() => outbox.flush(), 1_000 + backoff(attempt++))
      return
    }
    attempt = 0
    if (answer.isRefused) {
      change(item.id, { state: "refused", reason: answer.words })
      tell({ ...item, reason: answer.words }, "refused")
    } else {
      outbox.discard(item.id)
      tell(item, "sent")
      renderStreamMessage(answer.html)
    }
  }
}

async function send(item) {
  const body = new FormData()
  body.set("client_id", item.id)
  body.set("text", item.text)
  if (item.internal) body.set("internal", "1")
  if (item.closes) body.set("closes", "1")
  if (item.replyTo) body.set("reply_to", item.replyTo)
  for (const [name, value] of Object.entries(item.extras ?? {})) body.set(name, value)
  if (item.attachments?.length) body.set("attachments", JSON.stringify(item.attachments.map(({ id }) => id)))
  const headers = { Accept: "text/vnd.turbo-stream.html", "X-CSRFToken": Current.csrf }
  try {
    const response = await fetch(item.url, { method: "POST", body, headers, signal: AbortSignal.timeout(20_000) })
    const html = await response.text()
    if (response.ok) return { html }
    if (response.status >= 500 || response.status === 429) return { isLost: true }
    return { isRefused: true, words: wordsOf(html) }
  } catch {
    return { isLost: true }
  }
}

/* The sentence inside the toast that the server would have shown. */
function wordsOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html")
  return page.querySelector("template")?.content.querySelector(".toast > span")?.textContent ?? ""
}

function next() {
  return items().find((item) => item.state === "waiting")
}

function items() {
  return read("outbox", [])
}

function save(list) {
  write("outbox", list.length ? list : null)
}

function change(id, values) {
  save(items().map((item) => (item.id === id ? { ...item, ...values } : item)))
}

function tell(item, news) {
  for (const listener of listeners) listener(item, news)
}
