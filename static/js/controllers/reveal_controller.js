import { Controller } from "@hotwired/stimulus"

/* Shows and hides what is typed into a password field. */
export default class extends Controller {
  static targets = ["input", "button"]

  toggle() {
    const hidden = this.inputTarget.type === "password"
    this.inputTarget.type = hidden ? "text" : "password"
    this.buttonTarget.setAttribute("aria-pressed", hidden)
  }
}
