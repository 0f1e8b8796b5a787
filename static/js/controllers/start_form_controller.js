import { Controller } from "@hotwired/stimulus"

/* Where the platform wants a template first, there is no text to write yet; letters have a subject. */
export default class extends Controller {
  static targets = ["channel", "subject", "text", "hint"]

  connect() {
    this.choose()
  }

  choose() {
    const { byTemplate, byLetter } = this.channelTarget.selectedOptions[0]?.dataset ?? {}
    this.hintTarget.hidden = byTemplate === undefined
    this.#offer(this.textTarget, byTemplate === undefined)
    this.#offer(this.subjectTarget, byLetter !== undefined)
  }

  #offer(part, isOffered) {
    part.hidden = !isOffered
    for (const field of part.querySelectorAll("input, textarea")) field.disabled = !isOffered
  }
}
