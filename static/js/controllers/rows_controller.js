import { Controller } from "@hotwired/stimulus"

const MOST = 10

/* A list of fields that grows and shrinks: buttons of a keyboard, versions of a text. */
export default class extends Controller {
  static targets = ["list", "template", "row"]

  add({ params: { most = MOST } }) {
    if (this.rowTargets.length >= most) return
    this.listTarget.append(this.templateTarget.content.cloneNode(true))
    this.rowTargets.at(-1).querySelector("input, textarea")?.focus()
    this.dispatch("changed")
  }

  remove({ currentTarget }) {
    currentTarget.closest("[data-rows-target=row]").remove()
    this.dispatch("changed")
  }
}
