// The phone: one person's dialog with one bot of MAX, live.

import { words } from "./api.js"
import { Latest } from "./latest.js"
import { bubble, summary } from "./max_bubble.js"

const find = (id) => document.getElementById(id)

class Phone {
  latest = new Latest()
  #token = ""
  #id = 0
  #chat = 0
  #messages = []
  #reply = ""
  #edit = ""
  #kind = "file"

  async start() {
    this.#listen()
    await this.refresh()
  }

  get person() {
    return Number(find("person").value)
  }

  async refresh(chosen = {}) {
    const address = new URLSearchParams(location.search)
    const { bots, people } = await (await fetch("/max/bots")).json()
    this.tokens = new Map(bots.map(({ id, token }) => [String(id), token]))
    fill(find("bot"), bots.map(({ id, name }) => [id, name]), chosen.bot ?? address.get("bot"))
    const names = people.map(({ user_id: id, first_name: first, last_name: last }) => [id, [first, last].filter(Boolean).join(" ")])
    fill(find("person"), names, chosen.person ?? address.get("person"))
    await this.open()
  }

  async open() {
    const id = find("bot").value
    this.#id = Number(id)
    this.#token = this.tokens.get(id) ?? ""
    find("none").hidden = Boolean(this.#token)
    find("of-bot").hidden = !this.#token
    this.source?.close()
    if (!this.#token) return
    history.replaceState(null, "", `?bot=${id}&person=${this.person}`)
    find("token").textContent = this.#token
    this.source = new EventSource(`/max/${this.#token}/control/events`)
    this.source.onmessage = (event) => {
      this.latest.hear()
      this.#hear(JSON.parse(event.data))
    }
    this.source.onopen = () => this.show()
    this.#context()
    await this.show()
  }

  async show() {
    const state = await this.latest.read(() => this.call(`state?person=${this.person}`, undefined, "GET"))
    if (!state) return
    const [chat] = state.chats
    this.#chat = chat?.chat_id ?? 0
    this.#messages = chat?.messages ?? []
    find("name").textContent = state.name
    find("avatar").textContent = state.name[0]
    find("feed").replaceChildren(...this.#messages.map((message) => bubble(message, { mine: message.sender.user_id === this.person })))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    find("stopped").hidden = !chat || chat.status === "active"
    const subscribed = state.subscriptions.map(({ url, pending }) => `${words.connected} ${url} (${pending})`)
    find("connection").textContent = subscribed.join(" ") || `${words.not_connected}${state.waiting}`
    this.#troubles(state.faults)
  }

  // `facts` is an object, or a FormData with files.
  async call(deed, facts, method = "POST") {
    const form = facts instanceof FormData
    const headers = facts && !form ? { "Content-Type": "application/json" } : {}
    const body = facts && (form ? facts : JSON.stringify(facts))
    const response = await fetch(`/max/${this.#token}/control/${deed}`, { method, body, headers })
    const answer = await response.json()
    if (answer.ok) return answer.result
    this.#toast(`${words.failed}: ${answer.description}`)
  }

  #do(deed, facts = {}) {
    return this.call(deed, { person: this.person, ...facts })
  }

  #hear({ event, chat_id: chat, action, data, faults, message }) {
    if (event === "faults") return this.#troubles(faults)
    if (event === "answered") return data.notification && this.#toast(data.notification)
    if (this.#chat && chat !== this.#chat) return
    if (event === "activity") return action !== "mark_seen" && this.#typing(true)
    if (event === "message" && message.sender.is_bot) this.#typing(false)
    this.show()
  }

  #typing(shown) {
    clearTimeout(this.typing)
    find("activity").textContent = shown ? words.typing : words.online
    if (shown) this.typing = setTimeout(() => this.#typing(false), 6000)
  }

  #context(kind = "", mid = "", text = "") {
    this.#reply = kind === "reply" ? mid : ""
    this.#edit = kind === "edit" ? mid : ""
    find("context").hidden = !kind
    if (kind) find("context-text").textContent = `${kind === "edit" ? words.editing : words.replying}: ${text}`
  }

  #say(facts) {
    const form = new FormData()
    const reply = this.#reply ? { reply_to: this.#reply } : {}
    for (const [name, value] of Object.entries({ person: this.person, ...reply, ...facts })) form.append(name, value)
    this.#context()
    return this.call("messages", form)
  }

  #submit() {
    const text = find("text").value.trim()
    if (!text || !this.#token) return
    find("text").value = ""
    if (!this.#edit) return this.#say({ text })
    const mid = this.#edit
    this.#context()
    this.#do("edits", { mid, text })
  }

  #act(event) {
    const button = event.target.closest("button")
    const mid = event.target.closest("[data-message]")?.dataset.message
    if (!button || !mid) return
    const { press, payload, action } = button.dataset
    if (press === "callback") return this.#do("presses", { mid, payload })
    if (press === "request_contact") return this.#do("contacts")
    if (press === "request_geo_location") return this.#place()
    if (press) return this.#say({ text: button.textContent })
    if (action === "remove") return this.#do("removals", { mid })
    const message = this.#messages.find(({ body }) => body.mid === mid)
    this.#context(action, mid, summary(message))
    if (action === "edit") find("text").value = message.body.text
    find("text").focus()
  }

  #place() {
    return this.#say({ attachments: JSON.stringify([{ type: "location", latitude: 55.751244, longitude: 37.618423 }]) })
  }

  #attach({ target }) {
    const button = target.closest("button")
    if (!button) return
    find("menu").open = false
    if ("place" in button.dataset) return this.#place()
    if ("contact" in button.dataset) return this.#do("contacts")
    this.#kind = button.dataset.attach
    find("file").accept = button.dataset.accept
    find("file").click()
  }

  #files(files) {
    const facts = { kind: this.#kind, text: find("text").value.trim() }
    files.forEach((file, index) => (facts[`file${index}`] = file))
    find("text").value = ""
    this.#say(facts)
  }

  #troubles({ calls, deliver_twice: twice, shuffle }) {
    find("twice").checked = twice
    find("shuffle").checked = shuffle
    const names = calls.map(({ kind, count }) => `${words[`max_${kind}`] ?? words[kind] ?? kind} (${count ?? words.until_cleared})`)
    find("active").textContent = names.join("; ") || words.none
  }

  #listen() {
    const on = (id, type, handler) => find(id).addEventListener(type, handler)
    const submit = (id, handler) => on(id, "submit", (event) => { event.preventDefault(); handler() })
    on("bot", "change", () => this.open())
    on("person", "change", () => this.open())
    on("feed", "click", (event) => this.#act(event))
    on("context-cancel", "click", () => this.#context())
    on("menu", "click", (event) => this.#attach(event))
    on("file", "change", (event) => { this.#files([...event.target.files]); event.target.value = "" })
    on("text", "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    submit("composer", () => this.#submit())
    submit("start", () => this.#do("starts", { payload: find("payload").value }))
    submit("fault", () => {
      const count = find("fault-count").value
      this.call("faults", { kind: find("fault-kind").value, count: count ? Number(count) : null, retry_after: "3", seconds: 40 })
    })
    document.querySelector("[data-start]").addEventListener("click", () => this.#do("starts"))
    on("stop", "click", () => this.#do("stops"))
    on("leave", "click", () => this.#do("stops", { removed: true }))
    on("heal", "click", () => this.call("faults", undefined, "DELETE"))
    on("twice", "change", (event) => this.call("faults", { deliver_twice: event.target.checked }))
    on("shuffle", "change", (event) => this.call("faults", { shuffle: event.target.checked }))
    on("new-bot", "click", () => this.#newBot())
    on("new-person", "click", () => this.#newPerson())
    on("copy", "click", async () => { await navigator.clipboard.writeText(this.#token); this.#toast(words.copied) })
  }

  async #newBot() {
    const bytes = crypto.getRandomValues(new Uint8Array(24))
    this.#token = `f9LHodD0cOL${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`
    const { id } = await this.call("state", undefined, "GET")
    await this.refresh({ bot: id })
  }

  async #newPerson() {
    const name = prompt(words.name)
    if (!name || !this.#token) return
    const person = await this.call("people", { first_name: name })
    if (person) await this.refresh({ bot: this.#id, person: person.user_id })
  }

  #toast(text) {
    clearTimeout(this.toasting)
    find("toast").textContent = text
    this.toasting = setTimeout(() => (find("toast").textContent = ""), 4000)
  }
}

function fill(select, options, chosen) {
  const current = chosen ?? select.value
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value, false, String(value) === String(current))))
}

new Phone().start()
