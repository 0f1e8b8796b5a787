import { Controller } from "@hotwired/stimulus"

/* A list whose entries move up and down by buttons; the form sends them in their order. */
export default class extends Controller {
  static targets = ["list"]

  up({ currentTarget }) {
    const item = currentTarget.closest("li")
    item.previousElementSibling?.before(item)
    currentTarget.focus()
  }

  down({ currentTarget }) {
    const item = currentTarget.closest("li")
    item.nextElementSibling?.after(item)
    currentTarget.focus()
  }
}
