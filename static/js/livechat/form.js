// The form before the chat, where the shop wants one: name, where to answer, consent, the question.

import { byId } from "livechat/elements"

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export class BeforeChat {
  #form = byId("form")

  // `begin({profile, consent, question})` is called when the form is filled in.
  constructor(begin) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault()
      const filled = this.#read()
      if (filled) begin(filled)
    })
  }

  set hidden(hidden) {
    this.#form.hidden = hidden
  }

  get hidden() {
    return this.#form.hidden
  }

  focus() {
    this.#form.elements.name.focus()
  }

  fill({ name = "", phone = "", email = "" }) {
    const { name: nameField, contact } = this.#form.elements
    nameField.value ||= name
    contact.value ||= phone || email
  }

  #read() {
    const { name, contact, question } = this.#form.elements
    const said = contact.value.trim()
    const digits = said.replace(/\D/g, "").length
    const isPhone = digits >= 5 && digits <= 15 && !said.includes("@")
    const isWrong = Boolean(said) && !isPhone && !EMAIL.test(said)
    byId("contact_error").hidden = !isWrong
    contact.setAttribute("aria-invalid", isWrong)
    if (isWrong) {
      contact.focus()
      return null
    }
    const profile = { name: name.value.trim() }
    if (said) profile[isPhone ? "phone" : "email"] = said
    return {
      profile,
      consent: { at: new Date().toISOString(), text: byId("consent_text").textContent },
      question: question.value.trim(),
    }
  }
}
