import { Controller } from "@hotwired/stimulus"

/* A table whose rows open into rows under them, which are fetched the first time. A row's data-path is the JSON
   list of its keys; the rows under it have longer lists that begin with the same. */
export default class extends Controller {
  async toggle({ currentTarget: button, params: { src } }) {
    const row = button.closest("tr")
    const isOpen = button.getAttribute("aria-expanded") === "true"
    button.setAttribute("aria-expanded", String(!isOpen))
    if (isOpen) return this.#hide(row)
    if (this.#under(row).length) return this.#show(row)
    button.setAttribute("aria-busy", "true")
    const answer = await fetch(src, { headers: { Accept: "text/html" } })
    button.removeAttribute("aria-busy")
    if (!answer.ok || answer.redirected) return button.setAttribute("aria-expanded", "false")
    const page = new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html")
    row.after(...page.querySelectorAll("tr"))
  }

  #hide(row) {
    for (const one of this.#under(row)) one.hidden = true
  }

  /* Its own children, and theirs where they were open. */
  #show(row, depth = this.#path(row).length + 1) {
    for (const one of this.#under(row)) {
      if (this.#path(one).length !== depth) continue
      one.hidden = false
      if (one.querySelector("[aria-expanded='true']")) this.#show(one)
    }
  }

  #under(row) {
    const path = this.#path(row)
    return [...this.element.querySelectorAll("tbody tr")].filter((one) => {
      const other = this.#path(one)
      return other.length > path.length && path.every((key, place) => key === other[place])
    })
  }

  #path(row) {
    return JSON.parse(row.dataset.path)
  }
}
