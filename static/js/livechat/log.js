// The messages on the page, in the server's order; behind them what is still on its way.

import { byId, element } from "livechat/elements"
import { moment, say } from "livechat/words"

const NEAR = 80 // pixels from the end
const PAUSE = 60 * 60_000

export class Log {
  #list = byId("log")
  #body = byId("body")
  #messages = new Map() // id -> message, as the server told it
  #pending = new Map() // id -> entry of the outbox
  #drawn = new Map() // id -> element
  #previews = new Map() // id -> the visitor's own picture, until the server has its copy
  #read = null
  #attachments
  #actions

  // actions: retry(id), remove(id), press(button).
  constructor(attachments, actions) {
    this.#attachments = attachments
    this.#actions = actions
    new ResizeObserver(() => this.#isFollowing && this.#toEnd()).observe(this.#list)
    this.#body.addEventListener("scroll", () => { this.#isFollowing = this.#isNearEnd() }, { passive: true })
  }

  #isFollowing = true

  // What the server told; `whole` replaces everything that it told before.
  take({ messages = [], gone = [], read }, { whole = false } = {}) {
    if (whole) for (const id of [...this.#messages.keys()]) this.#forget(id)
    for (const id of gone) this.#forget(id)
    for (const message of messages) {
      this.#messages.set(message.id, message)
      this.#pending.delete(message.id)
      this.#draw(message.id, this.#message(message))
    }
    if (read !== undefined) this.#read = read
    this.#arrange()
  }

  // What stands before the first message; the eye stays where it is.
  takeEarlier(page) {
    const fromEnd = this.#body.scrollHeight - this.#body.scrollTop
    this.#isFollowing = false
    this.take({ messages: page.messages })
    this.#body.scrollTop = this.#body.scrollHeight - fromEnd
  }

  pend(entry) {
    if (this.#messages.has(entry.id)) return
    this.#pending.set(entry.id, entry)
    const preview = entry.files?.find((file) => file.preview)?.preview
    if (preview) this.#previews.set(entry.id, preview)
    this.#draw(entry.id, this.#entry(entry))
    this.#isFollowing = true
    this.#arrange()
  }

  // The server has stored it; the message itself will come.
  taken(id) {
    const entry = this.#pending.get(id)
    if (!entry) return
    entry.isTaken = true
    this.#arrange()
  }

  remove(id) {
    this.#pending.delete(id)
    this.#forget(id)
    this.#arrange()
  }

  clear() {
    for (const id of [...this.#drawn.keys()]) this.#forget(id)
    this.#pending.clear()
    this.#read = null
    this.#arrange()
  }

  toEnd() {
    this.#isFollowing = true
    this.#toEnd()
  }

  get messages() {
    return [...this.#messages.values()].sort((one, other) => (one.key < other.key ? -1 : 1))
  }

  #forget(id) {
    this.#messages.delete(id)
    this.#drawn.get(id)?.remove()
    this.#drawn.delete(id)
  }

  #draw(id, made) {
    const before = this.#drawn.get(id)
    this.#drawn.set(id, made)
    before?.replaceWith(made)
  }

  #message({ id, mine, html, text, files, reply, edited, reactions = [], buttons = [] }) {
    const css = `chat__item${mine ? " chat__item--mine" : ""}`
    const quote = reply && element("q", { css: "chat__quote", text: reply.text || say("image") })
    const words = text && element("p", { css: "chat__message" }, quote, element("span", { html }), edited && element("small", { text: say("edited") }))
    const preview = this.#previews.get(id)
    const put = reactions.length > 0 && element("p", { css: "chat__reactions", text: reactions.join(" ") })
    return element("div", { css, "data-id": id }, ...files.map((file) => this.#attachments.draw({ ...file, preview })), words, this.#keyboard(buttons), put)
  }

  #keyboard(rows) {
    if (!rows.length) return null
    return element("div", { css: "chat__keyboard" }, ...rows.map((row) => element("div", { css: "chat__keys" }, ...row.map((button) => this.#key(button)))))
  }

  #key({ label, value, link }) {
    if (link) return element("a", { css: "chat__key", href: link, target: "_blank", rel: "noopener noreferrer", text: label })
    const key = element("button", { css: "chat__key", type: "button", text: label })
    key.addEventListener("click", () => this.#actions.press({ label, value }))
    return key
  }

  #entry({ id, text, files = [] }) {
    const words = text && element("p", { css: "chat__message", text })
    return element("div", { css: "chat__item chat__item--mine", "data-id": id }, ...files.map((file) => this.#attachments.draw(file)), words)
  }

  // Put everything in its place, touching only what is not there yet: a screen reader reads it out.
  #arrange() {
    const told = this.messages
    const all = [...told, ...[...this.#pending.values()].map((entry) => ({ ...entry, mine: true, isPending: true, at: entry.at }))]
    const wanted = []
    let before = null
    for (const item of all) {
      const at = new Date(item.at)
      if (!before || at - new Date(before.at) > PAUSE || at.toDateString() !== new Date(before.at).toDateString()) wanted.push(this.#time(item.id, at))
      if (!item.mine && item.author?.name && item.author.name !== before?.author?.name) wanted.push(this.#author(item))
      wanted.push(this.#drawn.get(item.id))
      if (item.failed) wanted.push(this.#failure(item))
      before = item
    }
    if (before?.mine && !before.failed) wanted.push(this.#state(before))
    this.#place(wanted)
    if (this.#isFollowing) this.#toEnd()
  }

  #place(wanted) {
    const kept = new Set(wanted)
    for (const child of [...this.#list.children]) if (child.id !== "greeting" && !kept.has(child)) child.remove()
    let after = byId("greeting")
    for (const child of wanted) {
      const next = after ? after.nextSibling : this.#list.firstChild
      if (child !== next) this.#list.insertBefore(child, next)
      after = child
    }
  }

  #time(id, at) {
    return this.#mark(`time:${id}`, "time", "chat__time", moment(at))
  }

  #author({ id, author }) {
    return this.#mark(`author:${id}`, "span", "chat__author", author.name)
  }

  #state(item) {
    const isRead = !item.isPending && this.#isReadUpTo(item)
    const text = say(isRead ? "read" : item.isPending && !item.isTaken ? "sending" : "sent")
    return this.#mark("state", "span", "chat__time chat__time--mine", text)
  }

  #failure({ id, reason }) {
    const mark = this.#mark(`failure:${id}`, "div", "chat__failure", reason || say("failed"))
    const retry = element("button", { type: "button", text: say("retry") })
    const remove = element("button", { type: "button", text: say("remove") })
    retry.addEventListener("click", () => this.#actions.retry(id))
    remove.addEventListener("click", () => this.#actions.remove(id))
    mark.append(" ", retry, " ", remove)
    return mark
  }

  #marks = new Map()

  #mark(name, tag, css, text) {
    if (!this.#marks.has(name)) this.#marks.set(name, element(tag, { css }))
    const mark = this.#marks.get(name)
    if (mark.firstChild?.data !== text || mark.childNodes.length > 1) mark.textContent = text
    return mark
  }

  #isReadUpTo(message) {
    const read = this.#messages.get(this.#read)
    return Boolean(read) && read.key >= message.key
  }

  #isNearEnd() {
    return this.#body.scrollHeight - this.#body.scrollTop - this.#body.clientHeight < NEAR
  }

  #toEnd() {
    this.#body.scrollTop = this.#body.scrollHeight
  }
}
