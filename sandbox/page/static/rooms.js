// Where the person writes: to the bot, to somebody who lets the bot answer for them, in a group.

import { find } from "./nodes.js"
import { words } from "./words.js"

const RIGHTS = ["can_reply", "can_read_messages", "can_delete_sent_messages"]

export class Rooms {
  #connections = []

  constructor(phone) {
    this.phone = phone
    const on = (id, type, handler) => find(id).addEventListener(type, handler)
    on("room", "change", () => phone.open())
    on("new-business", "click", () => this.#connectAccount())
    on("business-on", "change", () => this.#change({ is_enabled: find("business-on").checked }))
    on("rights", "change", () => this.#change({ rights: find("rights").checked ? RIGHTS : [] }))
    on("as-owner", "change", () => phone.show())
    on("new-group", "click", () => this.#newGroup(false))
    on("new-forum", "click", () => this.#newGroup(true))
    on("new-topic", "click", () => this.#newTopic())
    on("grow", "click", () => this.#do("migrations", { chat: this.place.chat, to: -1000000000000 - Math.floor(Math.random() * 1e9) }))
    on("throw-out", "click", () => this.#do("blocks", { chat: this.place.chat, blocked: true }))
    on("let-in", "click", () => this.#do("blocks", { chat: this.place.chat, blocked: false }))
    on("later", "click", () => this.#do("ages", { hours: 25 }))
  }

  // The chat that is open: `chat` as the Bot API numbers it.
  get place() {
    const [kind, id, topic] = find("room").value.split("|")
    if (kind === "group") return { chat: Number(id), connection: "", topic: Number(topic) || 0 }
    return { chat: this.phone.person, connection: kind === "business" ? id : "", topic: 0 }
  }

  // What a deed of the person needs to happen in this chat.
  get facts() {
    const { chat, connection, topic } = this.place
    if (connection) return { connection, ...(find("as-owner").checked ? { by_owner: true } : {}) }
    if (chat === this.phone.person) return {}
    return { chat, ...(topic ? { topic } : {}), ...(find("anonymous").checked ? { anonymous: true } : {}) }
  }

  shows({ chat_id: chat, connection = "", message }) {
    const place = this.place
    if (chat !== place.chat || connection !== place.connection) return false
    return !place.topic || !message || (message.message_thread_id ?? message.message_id) === place.topic
  }

  isMine(message) {
    const { connection } = this.place
    if (connection && find("as-owner").checked) return message.from?.id === this.#connection(connection)?.user.id
    return message.from?.id === this.phone.person
  }

  show({ connections, groups }) {
    this.#connections = connections
    const rooms = [["bot", words.bot], ...connections.map(({ id, user }) => [`business|${id}`, `${words.business}: ${user.first_name}`])]
    for (const { id, title, topics } of groups) {
      rooms.push([`group|${id}`, `${words.group}: ${title}`])
      for (const [topic, name] of Object.entries(topics)) rooms.push([`group|${id}|${topic}`, `${title} · ${name}`])
    }
    const chosen = find("room").value
    find("room").replaceChildren(...rooms.map(([value, label]) => new Option(label, value, false, value === chosen)))
    const place = this.place
    const connection = this.#connection(place.connection)
    const group = groups.find(({ id }) => id === place.chat)
    this.phone.showName(connection?.user.first_name ?? group?.title ?? this.phone.account.title)
    find("of-business").hidden = !connection
    find("of-group").hidden = !group
    if (connection) {
      find("business-on").checked = connection.is_enabled
      find("rights").checked = Boolean(connection.rights.can_reply)
    }
    if (!group) return
    find("new-topic").hidden = !group.is_forum
    find("grow").hidden = group.type !== "group"
  }

  #connection(id) {
    return this.#connections.find((one) => one.id === id)
  }

  #connectAccount() {
    return this.#do("business", { owner: this.phone.person })
  }

  #change(facts) {
    const enabled = find("business-on").checked
    return this.#do("business", { id: this.place.connection, is_enabled: enabled, ...facts })
  }

  #newGroup(isForum) {
    const title = prompt(words.group_name)
    if (title) this.#do("groups", { title, is_forum: isForum })
  }

  #newTopic() {
    const name = prompt(words.topic_name)
    if (name) this.#do("topics", { chat: this.place.chat, name })
  }

  async #do(deed, facts) {
    const { person } = this.phone
    const { place } = this
    const connection = place.connection ? { connection: place.connection } : {}
    await this.phone.call(deed, { person, ...connection, ...facts })
    await this.phone.show()
  }
}
