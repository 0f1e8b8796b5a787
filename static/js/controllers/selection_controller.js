import { Controller } from "@hotwired/stimulus"

/* Ticks rows of a table: one, a stretch with Shift, the page, or all that is found. */
export default class extends Controller {
  static targets = ["toolbar", "bar", "words", "count", "everything", "page", "tick", "all", "kept"]
  static values = { counted: String }

  connect() {
    this.#show()
    this.#count()
  }

  disconnect() {
    this.abort?.abort()
  }

  tick({ target, shiftKey }) {
    const index = this.tickTargets.indexOf(target)
    if (shiftKey && this.last !== undefined) {
      const [from, to] = [Math.min(index, this.last), Math.max(index, this.last)]
      for (const each of this.tickTargets.slice(from, to + 1)) each.checked = target.checked
    }
    this.last = index
    this.isAll = false
    this.#show()
  }

  page({ target }) {
    for (const each of this.tickTargets) each.checked = target.checked
    this.isAll = false
    this.#show()
  }

  everything() {
    for (const each of this.tickTargets) each.checked = true
    this.isAll = true
    this.#show()
  }

  clear() {
    for (const each of this.tickTargets) each.checked = false
    this.isAll = false
    this.#show()
  }

  /* A row's own button: what its menu does is done with this row alone, which is let go of when the menu is put
     away. What is done is sent before that. */
  only({ currentTarget }) {
    const row = currentTarget.closest("tr")
    for (const each of this.tickTargets) each.checked = row.contains(each)
    this.isAll = false
    this.#show()
    const menu = document.getElementById(currentTarget.getAttribute("popovertarget"))
    const away = ({ newState }) => {
      if (newState === "open") return
      menu.removeEventListener("toggle", away)
      this.clear()
    }
    menu?.addEventListener("toggle", away)
  }

  /* turbo:submit-start: the menu that asked for it has served */
  sent() {
    for (const menu of this.element.querySelectorAll(":popover-open")) menu.hidePopover()
  }

  /* turbo:before-morph-attribute: what is ticked, and the bar that stands for it, stay over a reload */
  keep(event) {
    const { attributeName } = event.detail
    const ours = event.target.matches("[data-selection-target]") && ["checked", "hidden", "aria-selected", "disabled"]
    if (ours && ours.includes(attributeName)) event.preventDefault()
  }

  /* turbo:morph-element: rows came and went */
  again({ target }) {
    if (target === this.element) this.#show()
  }

  #show() {
    const count = this.tickTargets.filter((each) => each.checked).length
    this.barTarget.hidden = !count
    this.toolbarTarget.hidden = Boolean(count)
    for (const each of this.tickTargets) each.closest("tr").setAttribute("aria-selected", String(each.checked))
    if (this.hasPageTarget) {
      this.pageTarget.checked = count > 0 && count === this.tickTargets.length
      this.pageTarget.indeterminate = count > 0 && count < this.tickTargets.length
    }
    // What goes with the form: the ticked ones, or what finds all of them.
    this.allTarget.value = this.isAll ? "1" : ""
    this.allTarget.disabled = !this.isAll
    for (const each of this.keptTargets) each.disabled = !this.isAll
    for (const each of this.tickTargets) each.disabled = false
    const { one, all } = this.wordsTarget.dataset
    this.wordsTarget.textContent = (this.isAll ? all : one).replace("{count}", this.isAll ? this.found ?? "…" : count)
    this.everythingTarget.hidden = this.isAll
  }

  async #count() {
    this.abort = new AbortController()
    try {
      const answer = await fetch(this.countedValue, { signal: this.abort.signal, headers: { Accept: "application/json" } })
      this.found = (await answer.json()).words
      this.countTarget.textContent = this.found ?? ""
    } catch (error) {
      if (error.name !== "AbortError") this.countTarget.textContent = ""
    }
  }
}
