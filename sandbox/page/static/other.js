// Another system's customer, live. Texts go in as text nodes only.

import { words } from "./api.js"

const find = (id) => document.getElementById(id)

class Phone {
  #system = new URLSearchParams(location.search).get("system") ?? "shop"

  async start() {
    this.#listen()
    find("callback").textContent = `${location.origin}/api-channel/${this.#system}/callback`
    this.source = new EventSource(`/api-channel/${this.#system}/control/events`)
    this.source.onmessage = (event) => this.#hear(JSON.parse(event.data))
    this.source.onopen = () => this.show()
    const { hook, secret } = await this.show()
    find("hook").value = hook
    find("secret").value = secret
  }

  get chat() {
    return find("person").value.toLowerCase()
  }

  async call(deed, facts, method = "POST") {
    const headers = facts ? { "Content-Type": "application/json" } : {}
    const response = await fetch(`/api-channel/${this.#system}/control/${deed}`, { method, headers, body: facts && JSON.stringify(facts) })
    return response.json()
  }

  async show() {
    const state = await this.call("state", undefined, "GET")
    find("feed").replaceChildren(...(state.chats[this.chat] ?? []).map((message) => bubble(message)))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    const names = state.faults.map(({ kind, count }) => `${words[`api_${kind}`] ?? words[kind] ?? kind} (${count ?? words.until_cleared})`)
    find("active").textContent = names.join("; ") || words.none
    return state
  }

  #hear({ event }) {
    clearTimeout(this.typing)
    find("activity").textContent = event === "typing" ? words.typing : words.other_system_about
    if (event === "typing") this.typing = setTimeout(() => (find("activity").textContent = words.other_system_about), 8000)
    this.show()
  }

  async #say(facts) {
    const { status, answer } = await this.call("messages", { chat: this.chat, name: find("person").value, ...facts })
    if (status !== 202) this.#toast(`${words.failed}: ${status || ""} ${answer?.error ?? ""}`)
  }

  #submit() {
    const text = find("text").value.trim()
    if (!text) return
    find("text").value = ""
    this.#say({ text })
  }

  #toast(text) {
    clearTimeout(this.toasting)
    find("toast").textContent = text
    this.toasting = setTimeout(() => (find("toast").textContent = ""), 4000)
  }

  #listen() {
    const submit = (id, handler) => find(id).addEventListener("submit", (event) => { event.preventDefault(); handler() })
    submit("composer", () => this.#submit())
    submit("settings", async () => {
      await this.call("settings", { hook: find("hook").value, secret: find("secret").value })
      this.#toast(words.saved)
    })
    submit("fault", () => {
      const count = find("fault-count").value
      this.call("faults", { kind: find("fault-kind").value, count: count ? Number(count) : null, seconds: 40, events: "" })
    })
    find("text").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    find("heal").addEventListener("click", () => this.call("faults", undefined, "DELETE"))
    find("person").addEventListener("change", () => this.show())
    find("feed").addEventListener("click", ({ target }) => {
      const { value } = target.closest("[data-value]")?.dataset ?? {}
      if (value !== undefined) this.#say({ text: target.textContent, payload: { button: value } })
    })
    find("copy").addEventListener("click", async () => {
      await navigator.clipboard.writeText(find("callback").textContent)
      this.#toast(words.copied)
    })
  }
}

function bubble({ text, ours, edited, read, reaction, attachments = [], buttons = [] }) {
  const item = element("li", `bubble${ours ? "" : " bubble--mine"}`)
  for (const { name, kind } of attachments) item.append(element("span", "", name || words[kind] || kind))
  item.append(document.createTextNode(text ?? ""))
  const foot = [edited && words.edited, read && !ours && words.read].filter(Boolean).join(" ")
  if (foot) item.append(element("span", "bubble__foot", foot))
  if (reaction) item.append(element("span", "bubble__reactions", reaction))
  for (const row of buttons) item.append(line(row))
  return item
}

function line(row) {
  const box = element("div", "bubble__buttons")
  for (const { label, action, value } of row) {
    const button = element("button", "", label)
    button.type = "button"
    if (action !== "link") button.dataset.value = value
    box.append(button)
  }
  return box
}

function element(tag, className = "", text = "") {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text) node.textContent = text
  return node
}

new Phone().start()
