import { Controller } from "@hotwired/stimulus"
import { TypingTracker } from "models/typing_tracker"

/* Who is typing in the open conversation: the customer below the messages, a colleague above the reply. */
export default class extends Controller {
  static targets = ["customer", "colleague"]
  static values = { conversation: String }

  #people = new TypingTracker((people) => this.#show(people))

  disconnect() {
    this.#people.clear()
  }

  /* live:typing */
  add({ detail: { conversation, who } }) {
    if (conversation === this.conversationValue) this.#people.add(who)
  }

  clear() {
    this.#people.clear()
  }

  #show(people) {
    const colleague = people.find(({ type }) => type === "member")
    this.customerTarget.hidden = !people.some(({ type }) => type === "contact")
    this.colleagueTarget.hidden = !colleague
    const line = this.colleagueTarget.querySelector("[data-template]")
    line.textContent = colleague ? line.dataset.template.replace("{name}", colleague.name) : ""
  }
}
