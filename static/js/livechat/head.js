// Who is on the other side: name, whether somebody is there, and that they are writing.

import { byId } from "livechat/elements"
import { say } from "livechat/words"

const TYPING_LASTS = 6_000

export class Head {
  #title
  #agent = null
  #isOnline
  #timer = null

  constructor({ title, online }) {
    this.#title = title
    this.#isOnline = online === "true"
    this.#show()
  }

  online(isOnline) {
    this.#isOnline = isOnline
    this.#show()
  }

  meet(agent) {
    this.#agent = agent
    this.#show()
  }

  typing(name) {
    byId("typing_text").textContent = name ? say("typing", { name }) : say("somebodyTyping")
    byId("typing").hidden = false
    byId("body").scrollTop = byId("body").scrollHeight
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.typed(), TYPING_LASTS)
  }

  typed() {
    clearTimeout(this.#timer)
    byId("typing").hidden = true
  }

  #show() {
    const away = say("away")
    byId("who").textContent = this.#agent?.name || this.#title
    if (this.#agent?.initials) byId("face").textContent = this.#agent.initials
    byId("face").classList.toggle("is-online", this.#isOnline)
    const here = this.#agent ? `${this.#title}, ${say("online")}` : say("here")
    byId("status").textContent = this.#isOnline ? here : away
  }
}
