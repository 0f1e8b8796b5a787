// A customer of a bot of MAX.

import { bubble, summary } from "./max_bubble.js"
import { find } from "./nodes.js"
import { fullName, HERE, Phone, randomHex } from "./phone.js"
import { words } from "./words.js"

class MaxPhone extends Phone {
  prefix = "max_"
  troubleFacts = { seconds: 40, retry_after: "3" }
  #chat = 0

  async list() {
    const { bots: accounts, people } = await (await fetch("/max/bots")).json()
    return { accounts, people }
  }

  personOf = (person) => ({ id: person.user_id, name: fullName(person) })
  controlOf = (token) => `/max/${token}/control`
  idOf = ({ id }) => id
  freshToken = () => `f9LHodD0cOL${randomHex()}`
  stateOf = () => `state?person=${this.person}`
  keyOf = ({ body }) => body.mid
  summary = summary
  textOf = ({ body }) => body.text ?? ""

  draw(state) {
    const [chat] = state.chats
    this.#chat = chat?.chat_id ?? 0
    this.showName(state.name)
    this.showFeed(this.messages.map((message) => bubble(message, { mine: message.sender.user_id === this.person })))
    find("stopped").hidden = !chat || chat.status === "active"
    const subscribed = state.subscriptions.map(({ url, pending }) => `${words.connected} ${url} (${pending})`)
    find("connection").textContent = subscribed.join(" ") || `${words.not_connected}${state.waiting}`
  }

  hear({ event, chat_id: chat, action, data, message }) {
    if (event === "answered") return data.notification && this.toast(data.notification)
    if (this.#chat && chat !== this.#chat) return
    if (event === "activity") return action !== "mark_seen" && this.showTyping(true)
    if (event === "message" && message.sender.is_bot) this.showTyping(false)
    this.show()
  }

  press({ body: { mid } }, { press, payload }, label) {
    if (press === "callback") return this.#do("presses", { mid, payload })
    if (press === "request_contact") return this.sendCard()
    if (press === "request_geo_location") return this.sendPlace()
    return this.say({ text: label })
  }

  act(action, { body: { mid } }) {
    return this.#do("removals", { mid })
  }

  edit({ body: { mid } }, text) {
    return this.#do("edits", { mid, text })
  }

  sendPlace() {
    return this.say({ attachments: JSON.stringify([{ type: "location", ...HERE }]) })
  }

  sendCard() {
    return this.#do("contacts")
  }

  listen() {
    super.listen()
    this.onSubmit("start", () => this.#do("starts", { payload: find("payload").value }))
    document.querySelector("[data-start]").addEventListener("click", () => this.#do("starts"))
    this.on("stop", "click", () => this.#do("stops"))
    this.on("leave", "click", () => this.#do("stops", { removed: true }))
  }

  #do(deed, facts = {}) {
    return this.call(deed, { ...this.facts, ...facts })
  }
}

new MaxPhone().start()
