import { Controller } from "@hotwired/stimulus"
import { morphTurboFrameElements } from "@hotwired/turbo"

/* A frame that is reloaded leaves alone what somebody has open or is filling in. */
export default class extends Controller {
  #sent = null

  guard(event) {
    const { target } = event
    if (this.#isSent(target)) return
    if (target.matches?.(":popover-open, dialog[open], details[open]") || (target.matches?.("form") && isEdited(target) && (target.contains(document.activeElement) || waits(target)))) event.preventDefault()
  }

  connect() {
    this.element.addEventListener("turbo:submit-end", this.#answered)
  }

  disconnect() {
    this.element.removeEventListener("turbo:submit-end", this.#answered)
  }

  /* turbo:submit-start: whoever sends one field may be filling in the next before the answer comes */
  sending({ target }) {
    if (target.closest("turbo-frame") === this.element) this.#sent = { form: target, values: valuesOf(target), isAnswered: false }
  }

  /* turbo:before-frame-render: the answer to what was sent changes the frame, it does not replace it;
     so do the news of it, which may come before the answer */
  keep(event) {
    if (event.target !== this.element) return
    const { detail } = event
    const [now, next] = [this.element, detail.newFrame].map((frame) => frame.firstElementChild?.id)
    if (!now || now !== next) {
      this.#sent = null
      return
    }
    detail.render = (current, fresh) => {
      morphTurboFrameElements(current, fresh)
      if (this.#sent?.isAnswered) this.#sent = null
    }
  }

  #answered = ({ target }) => {
    if (this.#sent?.form === target) this.#sent.isAnswered = true
  }

  /* What was sent shows what has become of it, unless it was edited again since. */
  #isSent(element) {
    return Boolean(this.#sent) && element.contains(this.#sent.form) && valuesOf(this.#sent.form) === this.#sent.values
  }
}

function isEdited(form) {
  return [...form.elements].some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
    if (field.type === "select-one") return field.value !== ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value
    return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue
  })
}

/* A form that is sent by its button, whenever that may be; others are sent as one leaves the field. */
function waits(form) {
  return Boolean(form.querySelector("button:not([hidden], [type=button])"))
}

function valuesOf(form) {
  return JSON.stringify([...form.elements].map(({ value, checked }) => [value, checked]))
}
