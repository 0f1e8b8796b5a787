import { Controller } from "@hotwired/stimulus"

/* A frame that is reloaded leaves alone what somebody has open or is filling in. */
export default class extends Controller {
  guard(event) {
    const { target } = event
    if (target.matches?.(":popover-open, dialog[open], details[open]") || (target.matches?.("form") && target.contains(document.activeElement) && isEdited(target))) event.preventDefault()
  }
}

function isEdited(form) {
  return [...form.elements].some((field) => field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue)
}
