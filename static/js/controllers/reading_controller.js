import { Controller } from "@hotwired/stimulus"
import { Current } from "lib/current"

const AFTER = 400

/* Marks a conversation read once its end has been looked at by somebody whose it is. */
export default class extends Controller {
  static values = { allowed: Boolean, unread: Number, url: String }

  connect() {
    this.look()
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  arrived() {
    this.unreadValue += 1
    this.look()
  }

  look() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#isSeen && this.#tell(), AFTER)
  }

  get #isSeen() {
    const { allowedValue, unreadValue, element } = this
    return allowedValue && unreadValue > 0 && element.hasAttribute("data-at-end") && !document.hidden && document.hasFocus()
  }

  async #tell() {
    const unread = this.unreadValue
    this.unreadValue = 0
    const answer = await fetch(this.urlValue, { method: "POST", headers: { "X-CSRFToken": Current.csrf } }).catch(() => null)
    if (!answer?.ok) this.unreadValue += unread
  }
}
