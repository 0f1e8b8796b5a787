import { Controller } from "@hotwired/stimulus"

const MOST = 10

/* A list of fields that grows and shrinks: buttons of a keyboard, versions of a text. */
export default class extends Controller {
  static targets = ["list", "template", "row"]

  add({ params: { most = MOST } }) {
    if (this.rowTargets.length >= most) return
    this.listTarget.append(this.#made())
    this.rowTargets.at(-1).querySelector("input, textarea")?.focus()
    this.dispatch("changed")
  }

  remove({ currentTarget }) {
    currentTarget.closest("[data-rows-target=row]").remove()
    this.dispatch("changed")
  }

  /* A row from the template, whose "__row__" in names of parts is a number that nothing else has. */
  #made() {
    const row = this.templateTarget.content.cloneNode(true)
    const number = (this.made = (this.made ?? 0) + 1)
    for (const part of row.querySelectorAll("[id], [for], [popovertarget]")) {
      for (const name of ["id", "for", "popovertarget"]) {
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace("__row__", `new${number}`))
      }
    }
    return row
  }
}
