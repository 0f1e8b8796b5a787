// The phone: one person's chat with one bot, live.

import { Bot, everything, freshToken, words } from "./api.js"
import { bubble, summary } from "./bubble.js"
import { Keyboard } from "./keyboard.js"
import { Latest } from "./latest.js"
import { Rooms } from "./rooms.js"
import { Troubles } from "./troubles.js"

const find = (id) => document.getElementById(id)

class Phone {
  latest = new Latest()
  bots = []
  people = []
  #reply = 0
  #edit = 0
  #reactions = {}
  #kind = "document"

  async start() {
    this.troubles = new Troubles(this)
    this.rooms = new Rooms(this)
    this.keyboard = new Keyboard((key) => this.#key(key))
    this.#listen()
    await this.refresh()
  }

  get bot() {
    return this.bots.find((bot) => String(bot.id) === find("bot").value)
  }

  get person() {
    return Number(find("person").value)
  }

  async refresh(chosen = {}) {
    const address = new URLSearchParams(location.search)
    Object.assign(this, await everything())
    const names = this.people.map(({ id, first_name: first, last_name: last }) => [id, [first, last].filter(Boolean).join(" ")])
    fill(find("bot"), this.bots.map((bot) => [bot.id, `@${bot.username}`]), chosen.bot ?? address.get("bot"))
    fill(find("person"), names, chosen.person ?? address.get("person"))
    await this.open()
  }

  async open() {
    const { bot, person } = this
    find("no-bots").hidden = Boolean(bot)
    find("of-bot").hidden = !bot
    this.source?.close()
    if (!bot) return
    history.replaceState(null, "", `?bot=${bot.id}&person=${person}`)
    find("token").textContent = bot.token
    this.source = new EventSource(`${bot.path}/events`)
    this.source.onmessage = (event) => {
      this.latest.hear()
      this.#hear(JSON.parse(event.data))
    }
    this.source.onopen = () => this.show()
    this.#context()
    await this.show()
  }

  show() {
    return this.attempt(async (bot) => {
      const state = await this.latest.read(() => bot.state(this.rooms.place))
      if (!state) return
      this.rooms.show(state)
      const [chat] = state.chats
      this.#reactions = chat?.reactions ?? {}
      const shown = (chat?.messages ?? []).filter((message) => this.rooms.shows({ ...this.#here, message }))
      find("feed").replaceChildren(...shown.map((message) => this.#bubble(message)))
      this.keyboard.show(chat?.keyboard)
      find("feed").scrollTo(0, find("feed").scrollHeight)
      this.#blocked(chat?.blocked ?? false)
      this.troubles.show(state.faults)
      find("webhook").textContent = state.webhook.url
        ? `${words.connected} ${state.webhook.url}` : `${words.not_connected}${state.pending}`
    })
  }

  async attempt(deed) {
    try {
      return await deed(this.bot)
    } catch (error) {
      this.#toast(`${words.failed}: ${error.message}`)
    }
  }

  #bubble(message) {
    const emojis = this.#reactions[message.message_id] ?? []
    const { chat, connection } = this.rooms.place
    const named = chat !== this.person
    return bubble(message, { bot: this.bot, mine: this.rooms.isMine(message), emojis, named, business: Boolean(connection) })
  }

  get #here() {
    const { chat, connection } = this.rooms.place
    return { chat_id: chat, connection }
  }

  #hear(news) {
    const { event, message, message_id: id, action, text, blocked, faults, keyboard } = news
    if (event === "faults") return this.troubles.show(faults)
    if (event === "answered") return text && this.#toast(`${words.bot_says}: ${text}`)
    if (event === "business" || event === "chats") return this.show()
    if (!this.rooms.shows(news)) return
    if (event === "keyboard") this.keyboard.show(keyboard)
    if (event === "read") this.#toast(words.was_read)
    if (event === "action") this.#typing(action)
    if (event === "blocked") this.#blocked(blocked)
    if (event === "deleted") this.#find(id)?.remove()
    if (event === "reaction") this.show()
    if (event === "message" || event === "edited") this.#put(message)
  }

  #put(message) {
    const fresh = this.#bubble(message)
    const known = this.#find(message.message_id)
    if (known) return known.replaceWith(fresh)
    if (!this.rooms.isMine(message)) this.#typing("")
    find("feed").append(fresh)
    find("feed").scrollTo(0, find("feed").scrollHeight)
  }

  #find(id) {
    return find("feed").querySelector(`[data-message="${Number(id)}"]`)
  }

  #typing(action) {
    clearTimeout(this.typing)
    find("bot-state").textContent = action ? words.typing : words.online
    if (action) this.typing = setTimeout(() => this.#typing(""), 5000)
  }

  #blocked(blocked) {
    find("blocked").hidden = !blocked
    find("block").hidden = blocked
  }

  #context(kind = "", message) {
    this.#reply = kind === "reply" ? message.id : 0
    this.#edit = kind === "edit" ? message.id : 0
    find("context").hidden = !kind
    if (kind) find("context-text").textContent = `${kind === "edit" ? words.editing : words.replying}: ${message.text}`
  }

  #say(facts) {
    const form = new FormData()
    const reply = this.#reply ? { reply_to: this.#reply } : {}
    const all = { person: this.person, ...this.rooms.facts, ...reply, ...facts }
    for (const [name, value] of Object.entries(all)) form.append(name, value)
    this.#context()
    return this.attempt((bot) => bot.call("messages", form))
  }

  #submit() {
    const text = find("text").value.trim()
    if (!text || !this.bot) return
    find("text").value = ""
    if (!this.#edit) return this.#say({ text })
    const facts = { person: this.person, ...this.rooms.facts, message_id: this.#edit, text }
    this.#context()
    this.attempt((bot) => bot.call("edits", facts))
  }

  #files(files) {
    const facts = { kind: this.#kind, text: find("text").value.trim() }
    files.forEach((file, index) => (facts[`file${index}`] = file))
    find("text").value = ""
    this.#say(facts)
  }

  async #act(event) {
    const button = event.target.closest("button")
    const item = event.target.closest("[data-message]")
    if (!button || !item) return
    const id = Number(item.dataset.message)
    const facts = { person: this.person, ...this.rooms.facts, message_id: id }
    if (button.dataset.press !== undefined)
      return this.attempt((bot) => bot.call("presses", { ...facts, data: button.dataset.press }))
    if (button.dataset.action === "react") {
      const emojis = (this.#reactions[id] ?? []).includes("👍") ? [] : ["👍"]
      return this.attempt((bot) => bot.call("reactions", { ...facts, emojis }))
    }
    if (button.dataset.action === "delete")
      return this.attempt((bot) => bot.call("deletions", { ...facts, message_ids: [id] }))
    const state = await this.bot.state(this.rooms.place)
    const message = state.chats[0].messages.find(({ message_id: number }) => number === id)
    this.#context(button.dataset.action, { id, text: summary(message) })
    if (button.dataset.action === "edit") find("text").value = message.text || message.caption
    find("text").focus()
  }

  #listen() {
    const on = (id, type, handler) => find(id).addEventListener(type, handler)
    on("bot", "change", () => this.open())
    on("person", "change", () => this.open())
    on("feed", "click", (event) => this.#act(event))
    on("context-cancel", "click", () => this.#context())
    on("composer", "submit", (event) => { event.preventDefault(); this.#submit() })
    on("text", "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    on("file", "change", (event) => { this.#files([...event.target.files]); event.target.value = "" })
    on("menu", "click", (event) => this.#attach(event.target.closest("button")))
    on("start", "submit", (event) => { event.preventDefault(); this.#say({ text: `/start ${find("payload").value}`.trim() }) })
    for (const [id, blocked] of [["block", true], ["unblock", false]])
      on(id, "click", () => this.attempt((bot) => bot.call("blocks", { person: this.person, blocked })))
    on("new-bot", "click", () => this.#newBot())
    on("new-person", "click", () => this.#newPerson())
    on("copy", "click", async () => { await navigator.clipboard.writeText(this.bot.token); this.#toast(words.copied) })
  }

  #attach(button) {
    if (!button) return
    find("menu").open = false
    if (button.dataset.attach) {
      this.#kind = button.dataset.attach
      find("file").accept = button.dataset.accept
      find("file").click()
    } else this.#key({ request_location: "place" in button.dataset, request_contact: true })
  }

  #key({ text, request_location: place, request_contact: card }) {
    if (place) return this.#say({ location: JSON.stringify({ latitude: 55.751244, longitude: 37.618423 }) })
    if (!card) return this.#say({ text })
    const { first_name: name } = this.people.find(({ id }) => id === this.person)
    this.#say({ contact: JSON.stringify({ phone_number: "+79161234567", first_name: name, own: true }) })
  }

  async #newBot() {
    const bot = new Bot({ token: freshToken() })
    await bot.call("state", undefined, "GET")
    await this.refresh({ bot: bot.token.split(":")[0] })
  }

  async #newPerson() {
    const name = prompt(words.name)
    if (!name || !this.bot) return
    const person = await this.attempt((bot) => bot.call("people", { first_name: name }))
    if (person) await this.refresh({ bot: this.bot.id, person: person.id })
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
