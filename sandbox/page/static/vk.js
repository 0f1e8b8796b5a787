// The phone: one person's chat with one community of VK, live.

import { words } from "./api.js"
import { Latest } from "./latest.js"
import { bubble, emojis, summary } from "./vk_bubble.js"

const HERE = { latitude: 55.751244, longitude: 37.618423 }

const find = (id) => document.getElementById(id)

class Phone {
  latest = new Latest()
  #token = ""
  #id = 0
  #reply = 0
  #edit = 0
  #kind = "doc"
  #emojis = new Map()

  async start() {
    this.#listen()
    await this.refresh()
  }

  get person() {
    return Number(find("person").value)
  }

  async refresh(chosen = {}) {
    const address = new URLSearchParams(location.search)
    const { communities, people } = await (await fetch("/vk/communities")).json()
    this.tokens = new Map(communities.map(({ id, token }) => [String(id), token]))
    fill(find("community"), communities.map(({ id, name }) => [id, name]), chosen.community ?? address.get("community"))
    const names = people.map(({ id, first_name: first, last_name: last }) => [id, [first, last].filter(Boolean).join(" ")])
    fill(find("person"), names, chosen.person ?? address.get("person"))
    await this.open()
  }

  async open() {
    const id = find("community").value
    this.#id = Number(id)
    this.#token = this.tokens.get(id) ?? ""
    find("none").hidden = Boolean(this.#token)
    find("of-bot").hidden = !this.#token
    this.source?.close()
    if (!this.#token) return
    history.replaceState(null, "", `?community=${id}&person=${this.person}`)
    find("token").textContent = this.#token
    this.source = new EventSource(`/vk/${this.#token}/control/events`)
    this.source.onmessage = (event) => {
      this.latest.hear()
      this.#hear(JSON.parse(event.data))
    }
    this.source.onopen = () => this.show()
    this.#context()
    await this.show()
  }

  async show() {
    const state = await this.latest.read(() => this.call(`state?chat=${this.person}`, undefined, "GET"))
    if (!state) return
    const [chat] = state.chats
    find("name").textContent = state.name
    this.read = chat?.read ?? 0
    find("avatar").textContent = state.name[0]
    find("feed").replaceChildren(...(chat?.messages ?? []).map((message) => this.#bubble(message)))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    find("denied").hidden = !chat || chat.allowed
    const servers = state.servers.map(({ url, status }) => `${words.events_go} ${url} (${status})`)
    if (state.longpoll) servers.push(words.long_poll)
    find("servers").textContent = `№ ${state.id}. ${servers.join(" ") || words.nobody_listens}`
    this.#troubles(state.faults)
  }

  // `facts` is an object, or a FormData with files.
  async call(deed, facts, method = "POST") {
    const form = facts instanceof FormData
    const headers = facts && !form ? { "Content-Type": "application/json" } : {}
    const body = facts && (form ? facts : JSON.stringify(facts))
    const response = await fetch(`/vk/${this.#token}/control/${deed}`, { method, body, headers })
    const answer = await response.json()
    if (answer.ok) return answer.result
    this.#toast(`${words.failed}: ${answer.description}`)
  }

  #bubble(message) {
    const emoji = this.#emojis.get(message.conversation_message_id)
    const mine = message.from_id === this.person
    return bubble(message, { mine, emoji, read: mine && message.conversation_message_id <= this.read })
  }

  #hear({ event, peer_id: peer, message, data, faults }) {
    if (event === "faults") return this.#troubles(faults)
    if (peer !== this.person) return
    if (event === "activity") return this.#typing(true)
    if (event === "answered") return data && this.#toast(JSON.parse(data).text ?? data)
    if (event === "deleted") this.#toast(words.deleted)
    if (event === "message" && message.from_id < 0) {
      this.#typing(false)
      if (document.hasFocus()) this.call("reads", { person: this.person })
    }
    this.show()
  }

  #typing(shown) {
    clearTimeout(this.typing)
    find("activity").textContent = shown ? words.typing : words.community
    if (shown) this.typing = setTimeout(() => this.#typing(false), 10000)
  }

  #context(kind = "", number = 0, text = "") {
    this.#reply = kind === "reply" ? number : 0
    this.#edit = kind === "edit" ? number : 0
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
    const facts = { person: this.person, message_id: this.#edit, text }
    this.#context()
    this.call("edits", facts)
  }

  async #act(event) {
    const button = event.target.closest("button")
    const number = Number(event.target.closest("[data-message]")?.dataset.message)
    if (!button || !number) return
    const { press, payload, action } = button.dataset
    if (press === "location") return this.#say({ geo: JSON.stringify(HERE), payload })
    if (press === "callback") return this.call("presses", { person: this.person, message_id: number, payload })
    if (press) return this.#say({ text: button.textContent, payload })
    if (action === "react") {
      const taken = this.#emojis.delete(number)
      if (!taken) this.#emojis.set(number, emojis[3])
      await this.call("reactions", { person: this.person, message_id: number, ...(taken ? {} : { reaction_id: 4 }) })
      return this.show()
    }
    const state = await this.call(`state?chat=${this.person}`, undefined, "GET")
    const message = state.chats[0].messages.find(({ conversation_message_id: found }) => found === number)
    this.#context(action, number, summary(message))
    if (action === "edit") find("text").value = message.text
    find("text").focus()
  }

  #attach({ target }) {
    const button = target.closest("button")
    if (!button) return
    find("menu").open = false
    if ("place" in button.dataset) return this.#say({ geo: JSON.stringify(HERE) })
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
    const names = calls.map(({ kind, count }) => `${words[`vk_${kind}`] ?? words[kind] ?? kind} (${count ?? words.until_cleared})`)
    find("active").textContent = names.join("; ") || words.none
  }

  #listen() {
    const on = (id, type, handler) => find(id).addEventListener(type, handler)
    const submit = (id, handler) => on(id, "submit", (event) => { event.preventDefault(); handler() })
    on("community", "change", () => this.open())
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
    submit("start", () => this.#say({ text: words.start, payload: '{"command":"start"}', ref: find("ref").value }))
    submit("answer", () => this.call("answers", { person: this.person, text: find("answer-text").value }))
    submit("fault", () => {
      const count = find("fault-count").value
      this.call("faults", { kind: find("fault-kind").value, count: count ? Number(count) : null, seconds: 40 })
    })
    on("heal", "click", () => this.call("faults", undefined, "DELETE"))
    on("twice", "change", (event) => this.call("faults", { deliver_twice: event.target.checked }))
    on("shuffle", "change", (event) => this.call("faults", { shuffle: event.target.checked }))
    for (const button of document.querySelectorAll("[data-permit]"))
      button.addEventListener("click", () => this.call("permissions", { person: this.person, allowed: Boolean(button.dataset.permit) }))
    on("new-community", "click", () => this.#newCommunity())
    on("new-person", "click", () => this.#newPerson())
    on("copy", "click", async () => { await navigator.clipboard.writeText(this.#token); this.#toast(words.copied) })
  }

  async #newCommunity() {
    const bytes = crypto.getRandomValues(new Uint8Array(24))
    this.#token = `vk1.a.${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`
    const { id } = await this.call("state", undefined, "GET")
    await this.refresh({ community: id })
  }

  async #newPerson() {
    const name = prompt(words.name)
    if (!name || !this.#token) return
    const person = await this.call("people", { first_name: name })
    if (person) await this.refresh({ community: this.#id, person: person.id })
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
