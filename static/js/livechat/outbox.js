// What the visitor has said and the server has not yet stored. One message is on its way at a time,
// so they arrive in order; each keeps the id that it was given here, so sending it twice is harmless.

import { names, recall, remember } from "livechat/storage"

const RESEND_AFTER = 10_000

export class Outbox {
  #prefix
  #send
  #waiting = new Map()
  #underWay = null
  #timer = null
  #isOpen = false

  // `send(entry)` hands an entry to the line; nothing is known of its fate until `taken`.
  constructor(key, send) {
    this.#prefix = `tandem:out:${key}:`
    this.#send = send
    const kept = names(this.#prefix).map(recall).filter((entry) => entry?.id)
    for (const entry of kept.sort((one, other) => one.at - other.at)) this.#waiting.set(entry.id, entry)
  }

  get entries() {
    return [...this.#waiting.values()]
  }

  add(entry) {
    this.#waiting.set(entry.id, entry)
    remember(this.#prefix + entry.id, entry)
    this.#pump()
  }

  // The server has stored it, or the visitor gave it up.
  taken(id) {
    this.#waiting.delete(id)
    remember(this.#prefix + id, null)
    this.#next(id)
  }

  // The server will never take it as it is: keep it in sight, out of the queue.
  refused(id) {
    const entry = this.#waiting.get(id)
    if (!entry) return
    entry.failed = true
    remember(this.#prefix + id, entry)
    this.#next(id)
  }

  retry(id) {
    const entry = this.#waiting.get(id)
    if (!entry) return
    delete entry.failed
    this.#pump()
  }

  // Too much at once: go on after so many seconds.
  pause(seconds) {
    this.#underWay = null
    this.#again(seconds * 1000)
  }

  opened() {
    this.#isOpen = true
    this.#underWay = null
    this.#pump()
  }

  closed() {
    this.#isOpen = false
    this.#underWay = null
    clearTimeout(this.#timer)
  }

  #next(id) {
    if (this.#underWay === id) this.#underWay = null
    this.#pump()
  }

  #pump() {
    if (!this.#isOpen || this.#underWay) return
    const entry = this.entries.find((one) => !one.failed)
    if (!entry) return
    this.#underWay = entry.id
    this.#send(entry)
    this.#again(RESEND_AFTER)
  }

  #again(milliseconds) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#underWay = null
      this.#pump()
    }, milliseconds)
  }
}
