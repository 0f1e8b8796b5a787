import { Controller } from "@hotwired/stimulus"

/* Where the platform wants a template first, there is no text to write yet. */
export default class extends Controller {
  static targets = ["channel", "text", "hint"]

  connect() {
    this.choose()
  }

  choose() {
    const isByTemplate = this.channelTarget.selectedOptions[0]?.hasAttribute("data-by-template") ?? false
    this.hintTarget.hidden = !isByTemplate
    this.textTarget.hidden = isByTemplate
    for (const field of this.textTarget.querySelectorAll("textarea")) field.disabled = isByTemplate
  }
}
