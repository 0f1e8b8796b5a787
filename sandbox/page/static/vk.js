// A customer of a community of VK.

import { find } from "./nodes.js"
import { fullName, HERE, Phone, randomHex } from "./phone.js"
import { bubble, emojis, summary } from "./vk_bubble.js"
import { words } from "./words.js"

class VkPhone extends Phone {
  chooser = "community"
  prefix = "vk_"
  idle = words.community
  typingSeconds = 10
  #emojis = new Map()

  async list() {
    const { communities: accounts, people } = await (await fetch("/vk/communities")).json()
    return { accounts, people }
  }

  personOf = (person) => ({ id: person.id, name: fullName(person) })
  controlOf = (token) => `/vk/${token}/control`
  idOf = ({ id }) => id
  freshToken = () => `vk1.a.${randomHex()}`
  stateOf = () => `state?chat=${this.person}`
  keyOf = ({ conversation_message_id: number }) => number
  summary = summary
  textOf = ({ text }) => text

  draw(state) {
    const [chat] = state.chats
    const read = chat?.read ?? 0
    this.showName(state.name)
    this.showFeed(this.messages.map((message) => {
      const mine = message.from_id === this.person
      return bubble(message, { mine, emoji: this.#emojis.get(this.keyOf(message)), read: mine && this.keyOf(message) <= read })
    }))
    find("denied").hidden = !chat || chat.allowed
    const servers = state.servers.map(({ url, status }) => `${words.events_go} ${url} (${status})`)
    if (state.longpoll) servers.push(words.long_poll)
    find("connection").textContent = `№ ${state.id}. ${servers.join(" ") || words.nobody_listens}`
  }

  hear({ event, peer_id: peer, message, data }) {
    if (peer !== this.person) return
    if (event === "activity") return this.showTyping(true)
    if (event === "answered") return data && this.toast(JSON.parse(data).text ?? data)
    if (event === "deleted") this.toast(words.deleted)
    if (event === "message" && message.from_id < 0) {
      this.showTyping(false)
      if (document.hasFocus()) this.call("reads", { person: this.person })
    }
    this.show()
  }

  press(message, { press, payload }, label) {
    if (press === "location") return this.say({ geo: JSON.stringify(HERE), payload })
    if (press === "callback") return this.call("presses", { ...this.facts, message_id: this.keyOf(message), payload })
    return this.say({ text: label, payload })
  }

  async act(action, message) {
    const number = this.keyOf(message)
    const taken = this.#emojis.delete(number)
    if (!taken) this.#emojis.set(number, emojis[3])
    await this.call("reactions", { ...this.facts, message_id: number, ...(taken ? {} : { reaction_id: 4 }) })
    await this.show()
  }

  sendPlace() {
    return this.say({ geo: JSON.stringify(HERE) })
  }

  listen() {
    super.listen()
    this.onSubmit("start", () => this.say({ text: words.start, payload: '{"command":"start"}', ref: find("ref").value }))
    this.onSubmit("answer", () => this.call("answers", { ...this.facts, text: find("answer-text").value }))
    for (const button of document.querySelectorAll("[data-permit]"))
      button.addEventListener("click", () => this.call("permissions", { ...this.facts, allowed: Boolean(button.dataset.permit) }))
  }
}

new VkPhone().start()
