// Another system's customer, live.

import { element, find, keyboard, reactions } from "./nodes.js"
import { Screen } from "./screen.js"
import { words } from "./words.js"

class OtherSystem extends Screen {
  prefix = "api_"
  idle = words.other_system_about
  typingSeconds = 8
  troubleFacts = { seconds: 40, events: "" }
  #system = new URLSearchParams(location.search).get("system") ?? "shop"

  async start() {
    this.listen()
    find("callback").textContent = `${location.origin}/api-channel/${this.#system}/callback`
    this.source = new EventSource(`${this.path}/events`)
    this.source.onmessage = (event) => {
      this.showTyping(JSON.parse(event.data).event === "typing")
      this.show()
    }
    this.source.onopen = () => this.show()
    const { hook, secret } = await this.show()
    find("hook").value = hook
    find("secret").value = secret
  }

  // This stand-in answers bare.
  call(deed, facts, method) {
    return this.ask(deed, facts, method)
  }

  get path() {
    return `/api-channel/${this.#system}/control`
  }

  get chat() {
    return find("person").value.toLowerCase()
  }

  async show() {
    const state = await this.call("state", undefined, "GET")
    find("feed").replaceChildren(...(state.chats[this.chat] ?? []).map((message) => bubble(message)))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    this.showTroubles({ calls: state.faults })
    return state
  }

  async say(facts) {
    const told = await this.call("messages", { chat: this.chat, name: find("person").value, ...facts })
    if (told.status !== 202) this.toast(`${words.failed}: ${told.status || ""} ${told.answer?.error ?? ""}`)
  }

  submit() {
    const text = this.takeText()
    if (text) this.say({ text })
  }

  listen() {
    super.listen()
    this.onSubmit("settings", async () => {
      const facts = { hook: find("hook").value, secret: find("secret").value }
      await this.call("settings", facts)
      this.toast(words.saved)
    })
    this.on("person", "change", () => this.show())
    this.on("feed", "click", ({ target }) => {
      const { value } = target.closest("[data-value]")?.dataset ?? {}
      if (value !== undefined) this.say({ text: target.textContent, payload: { button: value } })
    })
  }
}

function bubble({ text, ours, edited, read, reaction, attachments = [], buttons = [] }) {
  const item = element("li", `bubble${ours ? "" : " bubble--mine"}`)
  for (const { name, kind } of attachments) item.append(element("span", "", name || words[kind] || kind))
  item.append(text ?? "")
  const foot = [edited && words.edited, read && !ours && words.read].filter(Boolean).join(" ")
  if (foot) item.append(element("span", "bubble__foot", foot))
  item.append(...reactions([reaction]))
  if (buttons.length) item.append(keyboard(buttons.map((row) => row.map(key))))
  return item
}

function key({ label, action, value }) {
  return { label, address: action === "link" ? value : "", data: { value } }
}

new OtherSystem().start()
