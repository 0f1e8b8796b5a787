import { Controller } from "@hotwired/stimulus"

/* Tasks are dragged to another day. What stays of the list over a reload: the row that has the focus,
   and whether the done ones are unfolded. */
export default class extends Controller {
  static targets = ["row", "group", "moving", "done"]

  #lifted = null
  #focused = null

  connect() {
    this.element.addEventListener("turbo:before-frame-render", this.#remember)
    this.element.addEventListener("turbo:frame-render", this.#restore)
  }

  disconnect() {
    this.element.removeEventListener("turbo:before-frame-render", this.#remember)
    this.element.removeEventListener("turbo:frame-render", this.#restore)
  }

  lift(event) {
    const row = event.target.closest?.(".task[draggable]")
    if (!row) return
    this.#lifted = row
    row.classList.add("task--lifted")
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", row.querySelector(".task__name").textContent)
  }

  hover(event) {
    const group = this.#groupAt(event)
    for (const one of this.groupTargets) one.classList.toggle("is-target", one === group)
    if (group) event.preventDefault()
  }

  land(event) {
    const group = this.#groupAt(event)
    if (!group) return
    event.preventDefault()
    const form = this.movingTarget
    form.action = `${form.dataset.url}${this.#lifted.id.replace("task_", "")}/move/`
    form.elements.day.value = group.dataset.day
    form.requestSubmit()
  }

  drop() {
    this.#lifted?.classList.remove("task--lifted")
    this.#lifted = null
    for (const one of this.groupTargets) one.classList.remove("is-target")
  }

  #groupAt(event) {
    const group = event.target.closest?.("[data-task-list-target=group]")
    return this.#lifted && group && group.dataset.day !== this.#lifted.dataset.day ? group : null
  }

  #remember = () => {
    this.#focused = document.activeElement?.closest?.(".task")?.id
    this.unfolded = this.hasDoneTarget && this.doneTarget.open
  }

  #restore = () => {
    if (this.unfolded && this.hasDoneTarget) this.doneTarget.open = true
    const row = this.#focused && document.getElementById(this.#focused)
    if (row && !row.contains(document.activeElement)) row.focus({ preventScroll: true })
  }
}
