import { Controller } from "@hotwired/stimulus"

/* The keys of the task list: j and k walk, the others click the buttons of the row that has the focus. */
export default class extends Controller {
  next() {
    this.#walk(1)
  }

  previous() {
    this.#walk(-1)
  }

  finish() {
    this.#press("[data-task-finish]")
  }

  edit() {
    this.#press("[data-task-edit]")
  }

  move() {
    this.#press("[data-task-move]")
  }

  tomorrow() {
    this.#press("[data-task-tomorrow]")
  }

  get #rows() {
    return [...document.querySelectorAll(".task[data-task-list-target]")].filter((row) => row.checkVisibility())
  }

  get #row() {
    return document.activeElement?.closest(".task")
  }

  #walk(step) {
    const rows = this.#rows
    if (!rows.length) return
    const place = rows.indexOf(this.#row)
    const row = rows[place < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, place + step))]
    row.focus({ preventScroll: true })
    row.scrollIntoView({ block: "nearest" })
  }

  #press(selector) {
    const row = this.#row
    if (!row) {
      this.#walk(1)
      return
    }
    row.querySelector(selector)?.click()
  }
}
