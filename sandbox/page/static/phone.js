// One person's chat with one account of a platform, live. Each platform's phone tells how its
// stand-in is asked and how its messages look.

import { Latest } from "./latest.js"
import { fill, find } from "./nodes.js"
import { Screen } from "./screen.js"
import { words } from "./words.js"

export const HERE = { latitude: 55.751244, longitude: 37.618423 }

export class Phone extends Screen {
  latest = new Latest()
  accounts = []
  people = []
  messages = []
  // The select that accounts are chosen in; their name in the page's address.
  chooser = "bot"
  #reply
  #edit
  #kind = ""

  // To be told by each platform:
  //   list() -> {accounts: [{id, token, name}], people}, personOf(person) -> {id, name}
  //   controlOf(token) -> path, idOf(state), freshToken(), stateOf() -> path of the chat's state
  //   draw(state), hear(news), keyOf(message), summary(message), textOf(message)
  //   press(message, dataset, label), act(action, message), sendPlace(), sendCard()

  async start() {
    this.listen()
    await this.refresh()
  }

  get account() {
    return this.accounts.find(({ id }) => String(id) === find(this.chooser).value)
  }

  get person() {
    return this.people.find(({ id }) => String(id) === find("person").value)?.id
  }

  get path() {
    return this.controlOf(this.account.token)
  }

  // What tells the stand-in who does something, and where.
  get facts() {
    return { person: this.person }
  }

  async refresh(chosen = {}) {
    const address = new URLSearchParams(location.search)
    const { accounts, people } = await this.list()
    Object.assign(this, { accounts, people: people.map((one) => this.personOf(one)) })
    fill(find(this.chooser), this.accounts, chosen.account ?? address.get(this.chooser))
    fill(find("person"), this.people, chosen.person ?? address.get("person"))
    await this.open()
  }

  async open() {
    const { account } = this
    find("none").hidden = Boolean(account)
    find("of-account").hidden = !account
    this.source?.close()
    if (!account) return
    history.replaceState(null, "", `?${this.chooser}=${account.id}&person=${this.person}`)
    find("token").textContent = account.token
    this.source = new EventSource(`${this.path}/events`)
    this.source.onmessage = (event) => {
      this.latest.hear()
      const news = JSON.parse(event.data)
      if (news.event === "faults") this.showTroubles(news.faults)
      else this.hear(news)
    }
    this.source.onopen = () => this.show()
    this.turnTo()
    await this.show()
  }

  async show() {
    const state = await this.latest.read(() => this.call(this.stateOf(), undefined, "GET"))
    if (!state) return
    this.messages = state.chats[0]?.messages ?? []
    this.draw(state)
    this.showTroubles(state.faults)
  }

  showFeed(bubbles) {
    find("feed").replaceChildren(...bubbles)
    this.scroll()
  }

  scroll() {
    find("feed").scrollTo(0, find("feed").scrollHeight)
  }

  showName(name) {
    find("name").textContent = name
    find("avatar").textContent = name[0]
  }

  // `what` is "reply" or "edit"; nothing for a message of its own.
  turnTo(what = "", message = undefined) {
    this.#reply = what === "reply" ? message : undefined
    this.#edit = what === "edit" ? message : undefined
    find("context").hidden = !what
    if (!what) return
    find("context-text").textContent = `${what === "edit" ? words.editing : words.replying}: ${this.summary(message)}`
    if (what === "edit") find("text").value = this.textOf(message)
    find("text").focus()
  }

  say(facts) {
    const form = new FormData()
    const reply = this.#reply ? { reply_to: this.keyOf(this.#reply) } : {}
    for (const [name, value] of Object.entries({ ...this.facts, ...reply, ...facts })) form.append(name, value)
    this.turnTo()
    return this.call("messages", form)
  }

  edit(message, text) {
    return this.call("edits", { ...this.facts, message_id: this.keyOf(message), text })
  }

  submit() {
    const edited = this.#edit
    const text = this.account && this.takeText()
    if (!text) return
    if (!edited) return this.say({ text })
    this.turnTo()
    this.edit(edited, text)
  }

  sendFiles(kind, text, files) {
    return this.say({ kind, text, ...Object.fromEntries(files.map((file, index) => [`file${index}`, file])) })
  }

  newPerson(name) {
    return { first_name: name }
  }

  listen() {
    super.listen()
    this.on(this.chooser, "change", () => this.open())
    this.on("person", "change", () => this.open())
    this.on("feed", "click", ({ target }) => this.#press(target))
    this.on("context-cancel", "click", () => this.turnTo())
    this.on("menu", "click", ({ target }) => this.#attach(target.closest("button")))
    this.on("file", "change", ({ target }) => {
      if (target.files.length) this.sendFiles(this.#kind, this.takeText(), [...target.files])
      target.value = ""
    })
    this.on("new-account", "click", () => this.#addAccount())
    this.on("new-person", "click", () => this.#addPerson())
  }

  #press(target) {
    const button = target.closest("button")
    const key = target.closest("[data-message]")?.dataset.message
    const message = this.messages.find((one) => String(this.keyOf(one)) === key)
    if (!button || !message) return
    const { action, press } = button.dataset
    if (press !== undefined) this.press(message, button.dataset, button.textContent)
    else if (action === "reply" || action === "edit") this.turnTo(action, message)
    else this.act(action, message)
  }

  #attach(button) {
    if (!button) return
    find("menu").open = false
    if ("place" in button.dataset) return this.sendPlace()
    if ("card" in button.dataset) return this.sendCard()
    this.#kind = button.dataset.attach
    find("file").accept = button.dataset.accept
    find("file").click()
  }

  async #addAccount() {
    const token = this.freshToken()
    const answer = await (await fetch(`${this.controlOf(token)}/state`)).json()
    await this.refresh({ account: this.idOf(answer.result) })
  }

  async #addPerson() {
    const name = prompt(words.name)
    if (!name || !this.account) return
    const person = await this.call("people", this.newPerson(name))
    if (person) await this.refresh({ account: this.account.id, person: this.personOf(person).id })
  }
}

export function randomHex() {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

export function fullName({ first_name: first, last_name: last }) {
  return [first, last].filter(Boolean).join(" ")
}
