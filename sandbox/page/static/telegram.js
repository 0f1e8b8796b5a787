// A customer of a bot of Telegram.

import { Keyboard } from "./keyboard.js"
import { find } from "./nodes.js"
import { fullName, HERE, Phone } from "./phone.js"
import { Rooms } from "./rooms.js"
import { bubble, summary, wording } from "./telegram_bubble.js"
import { words } from "./words.js"

class TelegramPhone extends Phone {
  prefix = "tg_"
  typingSeconds = 5
  #reactions = {}

  async list() {
    const { bots, people } = await (await fetch("/telegram/bots")).json()
    return { accounts: bots.map(({ username, ...bot }) => ({ ...bot, title: bot.name, name: `@${username}` })), people }
  }

  personOf = (person) => ({ id: person.id, name: fullName(person), first_name: person.first_name })
  controlOf = (token) => `/telegram/${token}/control`
  idOf = ({ id }) => id
  keyOf = ({ message_id: id }) => id
  summary = summary
  textOf = wording

  get facts() {
    return { person: this.person, ...this.rooms.facts }
  }

  stateOf() {
    const { chat, connection } = this.rooms.place
    return `state?chat=${chat}&connection=${encodeURIComponent(connection)}`
  }

  freshToken() {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    const random = crypto.getRandomValues(new Uint32Array(33))
    const secret = Array.from(random, (number) => letters[number % letters.length]).join("")
    return `${7000000000 + (random[0] % 1000000000)}:AA${secret}`
  }

  draw(state) {
    this.rooms.show(state)
    const [chat] = state.chats
    this.#reactions = chat?.reactions ?? {}
    const shown = this.messages.filter((message) => this.rooms.shows({ ...this.#here, message }))
    this.keyboard.show(chat?.keyboard)
    this.showFeed(shown.map((message) => this.#bubble(message)))
    this.#blocked(chat?.blocked ?? false)
    const { url } = state.webhook
    find("connection").textContent = url ? `${words.connected} ${url}` : `${words.not_connected}${state.pending}`
  }

  hear(news) {
    const { event, message, message_id: id, action, text, blocked, keyboard } = news
    if (event === "answered") return text && this.toast(`${words.bot_says}: ${text}`)
    if (event === "business" || event === "chats") return this.show()
    if (!this.rooms.shows(news)) return
    if (event === "keyboard") this.keyboard.show(keyboard)
    if (event === "read") this.toast(words.was_read)
    if (event === "action") this.showTyping(Boolean(action))
    if (event === "blocked") this.#blocked(blocked)
    if (event === "deleted") this.#shown(id)?.remove()
    if (event === "reaction") this.show()
    if (event === "message" || event === "edited") this.#put(message)
  }

  press(message, { press }) {
    return this.call("presses", { ...this.facts, message_id: message.message_id, data: press })
  }

  act(action, { message_id: id }) {
    if (action === "delete") return this.call("deletions", { ...this.facts, message_id: id, message_ids: [id] })
    const emojis = (this.#reactions[id] ?? []).includes("👍") ? [] : ["👍"]
    return this.call("reactions", { ...this.facts, message_id: id, emojis })
  }

  sendPlace() {
    return this.say({ location: JSON.stringify(HERE) })
  }

  sendCard() {
    const { first_name: name } = this.people.find(({ id }) => id === this.person)
    return this.say({ contact: JSON.stringify({ phone_number: "+79161234567", first_name: name, own: true }) })
  }

  listen() {
    super.listen()
    this.rooms = new Rooms(this)
    this.keyboard = new Keyboard((key) => this.#key(key))
    this.onSubmit("start", () => this.say({ text: `/start ${find("payload").value}`.trim() }))
    for (const [id, blocked] of [["block", true], ["unblock", false]])
      this.on(id, "click", () => this.call("blocks", { person: this.person, blocked }))
  }

  get #here() {
    const { chat, connection } = this.rooms.place
    return { chat_id: chat, connection }
  }

  #bubble(message) {
    const { chat, connection } = this.rooms.place
    const { token } = this.account
    return bubble(message, {
      fileOf: (id) => `/telegram/${token}/files/${encodeURIComponent(id)}`,
      mine: this.rooms.isMine(message),
      emojis: this.#reactions[message.message_id] ?? [],
      named: chat !== this.person,
      business: Boolean(connection),
    })
  }

  #put(message) {
    const fresh = this.#bubble(message)
    const known = this.#shown(message.message_id)
    this.messages = [...this.messages.filter((one) => one.message_id !== message.message_id), message]
    if (known) return known.replaceWith(fresh)
    if (!this.rooms.isMine(message)) this.showTyping(false)
    find("feed").append(fresh)
    this.scroll()
  }

  #shown(id) {
    return find("feed").querySelector(`[data-message="${Number(id)}"]`)
  }

  #blocked(blocked) {
    find("blocked").hidden = !blocked
    find("block").hidden = blocked
  }

  // A key of the bot's own keyboard.
  #key({ text, request_location: place, request_contact: card }) {
    if (place) return this.sendPlace()
    return card ? this.sendCard() : this.say({ text })
  }
}

new TelegramPhone().start()
