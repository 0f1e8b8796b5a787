// The phone: one person's chat with one number on WhatsApp, live.

import { words } from "./api.js"
import { Latest } from "./latest.js"
import { bubble, summary } from "./whatsapp_bubble.js"

const find = (id) => document.getElementById(id)
const SWITCHES = ["deliver_twice", "shuffle", "batch"]

class Phone {
  latest = new Latest()
  #token = ""
  #id = ""
  #reply = ""
  #edit = ""
  #kind = "document"

  async start() {
    this.#listen()
    await this.refresh()
  }

  get person() {
    return find("person").value
  }

  async refresh(chosen = {}) {
    const address = new URLSearchParams(location.search)
    const { accounts, people } = await (await fetch("/whatsapp/accounts")).json()
    this.tokens = new Map(accounts.map(({ id, token }) => [id, token]))
    fill(find("account"), accounts.map(({ id, name }) => [id, name]), chosen.account ?? address.get("account"))
    fill(find("person"), people.map(({ wa_id: id, name }) => [id, name]), chosen.person ?? address.get("person"))
    await this.open()
  }

  async open() {
    this.#id = find("account").value
    this.#token = this.tokens.get(this.#id) ?? ""
    find("none").hidden = Boolean(this.#token)
    find("of-bot").hidden = !this.#token
    this.source?.close()
    if (!this.#token) return
    history.replaceState(null, "", `?account=${this.#id}&person=${this.person}`)
    find("token").textContent = this.#token
    this.source = new EventSource(`/whatsapp/${this.#token}/control/events`)
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
    find("name").textContent = state.verified_name
    find("avatar").textContent = state.verified_name[0]
    const messages = chat?.messages ?? []
    const said = new Map(messages.map((message) => [message.id, message]))
    find("feed").replaceChildren(...messages.map((message) => bubble(message, { mine: message.from === this.person, said })))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    find("phone-number-id").textContent = state.phone_number_id
    find("waba-id").textContent = state.waba_id
    find("app-secret").textContent = state.app_secret
    const url = state.number_callback || state.account_callback
    find("webhooks").textContent = `${state.display_phone_number}. ${url ? `${words.webhooks_go} ${url}` : words.nobody_listens}`
    find("delivery").value = state.delivery
    find("window").value = state.window
    this.#templates(state.templates)
    this.#troubles(state.faults)
  }

  // `facts` is an object, or a FormData with files.
  async call(deed, facts, method = "POST") {
    const form = facts instanceof FormData
    const headers = facts && !form ? { "Content-Type": "application/json" } : {}
    const body = facts && (form ? facts : JSON.stringify(facts))
    const response = await fetch(`/whatsapp/${this.#token}/control/${deed}`, { method, body, headers })
    const answer = await response.json()
    if (answer.ok) return answer.result
    this.#toast(`${words.failed}: ${answer.description}`)
  }

  #hear({ event, person, message, faults }) {
    if (event === "faults") return this.#troubles(faults)
    if (person && person !== this.person) return
    if (event === "typing") return this.#typing(true)
    if (event === "message" && message.from === this.#id) {
      this.#typing(false)
      // The window on the sandbox's desk is the customer's eye.
      if (document.hasFocus()) setTimeout(() => this.call("reads", { person: this.person }), 500)
    }
    this.show()
  }

  #typing(shown) {
    clearTimeout(this.typing)
    find("activity").textContent = shown ? words.typing : words.number
    if (shown) this.typing = setTimeout(() => this.#typing(false), 25000)
  }

  #context(kind = "", id = "", text = "") {
    this.#reply = kind === "reply" ? id : ""
    this.#edit = kind === "edit" ? id : ""
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
    const id = event.target.closest("[data-message]")?.dataset.message
    if (!button || !id) return
    const facts = { person: this.person, message_id: id }
    const { press, action } = button.dataset
    if (press) return this.call("presses", { ...facts, id: press })
    if (action === "react") {
      await this.call("reactions", { ...facts, emoji: "👍" })
      return this.show()
    }
    if (action === "delete") return this.call("revocations", facts)
    const state = await this.call(`state?chat=${this.person}`, undefined, "GET")
    const message = state.chats[0].messages.find(({ id: found }) => found === id)
    this.#context(action, id, summary(message))
    if (action === "edit") find("text").value = message.text.body
    find("text").focus()
  }

  #attach({ target }) {
    const button = target.closest("button")
    if (!button) return
    find("menu").open = false
    if ("place" in button.dataset) {
      const location = { latitude: 55.751244, longitude: 37.618423, name: words.location }
      return this.#say({ content: JSON.stringify({ type: "location", location }) })
    }
    this.#kind = button.dataset.attach
    find("file").accept = button.dataset.accept
    find("file").click()
  }

  #file(file) {
    const text = find("text").value.trim()
    find("text").value = ""
    this.#say({ kind: this.#kind, text, voice: this.#kind === "audio", file })
  }

  #templates(templates) {
    const items = templates.map(({ name, language, status }) => {
      const item = document.createElement("li")
      item.append(`${name} (${language}): ${status} `)
      for (const [word, judgement] of [["approve", "APPROVED"], ["reject", "REJECTED"], ["pause", "PAUSED"]]) {
        const button = document.createElement("button")
        Object.assign(button, { type: "button", className: "link", textContent: words[word] })
        button.addEventListener("click", () => this.call("templates", { name, language, status: judgement }))
        item.append(button, " ")
      }
      return item
    })
    find("templates").replaceChildren(...(items.length ? items : [words.no_templates]))
  }

  #troubles(faults) {
    for (const name of SWITCHES) find(name).checked = faults[name]
    const names = faults.calls.map(({ kind, count }) => `${words[`wa_${kind}`] ?? words[kind] ?? kind} (${count ?? words.until_cleared})`)
    find("active").textContent = names.join("; ") || words.none
  }

  #listen() {
    const on = (id, type, handler) => find(id).addEventListener(type, handler)
    const submit = (id, handler) => on(id, "submit", (event) => { event.preventDefault(); handler() })
    on("account", "change", () => this.open())
    on("person", "change", () => this.open())
    on("feed", "click", (event) => this.#act(event))
    on("context-cancel", "click", () => this.#context())
    on("menu", "click", (event) => this.#attach(event))
    on("file", "change", (event) => { if (event.target.files[0]) this.#file(event.target.files[0]); event.target.value = "" })
    on("text", "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    submit("composer", () => this.#submit())
    submit("echo", () => { this.call("echoes", { person: this.person, text: find("echo-text").value }); find("echo-text").value = "" })
    submit("fault", () => {
      const count = find("fault-count").value
      this.call("faults", { kind: find("fault-kind").value, count: count ? Number(count) : null, seconds: 40 })
    })
    on("heal", "click", () => this.call("faults", undefined, "DELETE"))
    for (const name of SWITCHES) on(name, "change", (event) => this.call("faults", { [name]: event.target.checked }))
    for (const name of ["delivery", "window"]) on(name, "change", (event) => this.call("settings", { [name]: event.target.value }))
    for (const button of document.querySelectorAll("[data-stop]"))
      button.addEventListener("click", () => this.call("preferences", { person: this.person, stopped: Boolean(button.dataset.stop) }))
    on("new-number", "click", () => this.#newNumber())
    on("new-person", "click", () => this.#newPerson())
    on("copy", "click", async () => { await navigator.clipboard.writeText(this.#token); this.#toast(words.copied) })
  }

  async #newNumber() {
    const bytes = crypto.getRandomValues(new Uint8Array(24))
    this.#token = `EAA${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`
    const { phone_number_id: account } = await this.call("state", undefined, "GET")
    await this.refresh({ account })
  }

  async #newPerson() {
    const name = prompt(words.name)
    if (!name || !this.#token) return
    const [digits] = crypto.getRandomValues(new Uint32Array(1))
    const person = await this.call("people", { name, wa_id: `7900${String(digits % 10 ** 7).padStart(7, "0")}` })
    if (person) await this.refresh({ account: this.#id, person: person.wa_id })
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
