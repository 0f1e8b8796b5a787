// A customer of a number on WhatsApp.

import { element, find } from "./nodes.js"
import { HERE, Phone, randomHex } from "./phone.js"
import { bubble, summary, wording } from "./whatsapp_bubble.js"
import { words } from "./words.js"

const JUDGEMENTS = [["approve", "APPROVED"], ["reject", "REJECTED"], ["pause", "PAUSED"]]

class WhatsAppPhone extends Phone {
  chooser = "account"
  prefix = "wa_"
  idle = words.number
  typingSeconds = 25

  list = async () => (await fetch("/whatsapp/accounts")).json()
  personOf = ({ wa_id: id, name }) => ({ id, name })
  controlOf = (token) => `/whatsapp/${token}/control`
  idOf = ({ phone_number_id: id }) => id
  freshToken = () => `EAA${randomHex()}`
  stateOf = () => `state?chat=${this.person}`
  keyOf = ({ id }) => id
  summary = summary
  textOf = wording

  draw(state) {
    this.showName(state.verified_name)
    const said = new Map(this.messages.map((message) => [message.id, message]))
    this.showFeed(this.messages.map((message) => bubble(message, { mine: message.from === this.person, said })))
    find("phone-number-id").textContent = state.phone_number_id
    find("waba-id").textContent = state.waba_id
    find("app-secret").textContent = state.app_secret
    const url = state.number_callback || state.account_callback
    find("connection").textContent = `${state.display_phone_number}. ${url ? `${words.webhooks_go} ${url}` : words.nobody_listens}`
    find("delivery").value = state.delivery
    find("window").value = state.window
    const templates = state.templates.map((template) => this.#template(template))
    find("templates").replaceChildren(...(templates.length ? templates : [words.no_templates]))
  }

  hear({ event, person, message }) {
    if (person && person !== this.person) return
    if (event === "typing") return this.showTyping(true)
    if (event === "message" && message.from === this.account.id) {
      this.showTyping(false)
      // The window on the sandbox's desk is the customer's eye.
      if (document.hasFocus()) setTimeout(() => this.call("reads", { person: this.person }), 500)
    }
    this.show()
  }

  press(message, { press }) {
    return this.call("presses", { ...this.facts, message_id: message.id, id: press })
  }

  async act(action, message) {
    const facts = { ...this.facts, message_id: message.id }
    if (action === "delete") return this.call("revocations", facts)
    await this.call("reactions", { ...facts, emoji: message.reaction ? "" : "👍" })
    await this.show()
  }

  sendPlace() {
    return this.#send({ type: "location", location: { ...HERE, name: words.location } })
  }

  sendCard() {
    const { name } = this.people.find(({ id }) => id === this.person)
    const card = { name: { formatted_name: name, first_name: name }, phones: [{ phone: `+${this.person}`, wa_id: this.person }] }
    return this.#send({ type: "contacts", contacts: [card] })
  }

  // Each file is a message of its own.
  async sendFiles(kind, text, files) {
    for (const [index, file] of files.entries())
      await this.say({ kind, text: index ? "" : text, voice: kind === "audio", file })
  }

  newPerson(name) {
    const [digits] = crypto.getRandomValues(new Uint32Array(1))
    return { name, wa_id: `7900${String(digits % 10 ** 7).padStart(7, "0")}` }
  }

  listen() {
    super.listen()
    this.onSubmit("echo", () => {
      this.call("echoes", { ...this.facts, text: find("echo-text").value })
      find("echo-text").value = ""
    })
    for (const name of ["delivery", "window"]) this.on(name, "change", ({ target }) => this.call("settings", { [name]: target.value }))
    for (const button of document.querySelectorAll("[data-stop]"))
      button.addEventListener("click", () => this.call("preferences", { ...this.facts, stopped: Boolean(button.dataset.stop) }))
  }

  #send(content) {
    return this.say({ content: JSON.stringify(content) })
  }

  #template({ name, language, status }) {
    const item = element("li", "", `${name} (${language}): ${status} `)
    for (const [word, judgement] of JUDGEMENTS) {
      const button = element("button", "link", words[word])
      button.type = "button"
      button.addEventListener("click", () => this.call("templates", { name, language, status: judgement }))
      item.append(button, " ")
    }
    return item
  }
}

new WhatsAppPhone().start()
