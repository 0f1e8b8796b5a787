import { Controller } from "@hotwired/stimulus"
import Sortable from "sortablejs"
import { visit } from "@hotwired/turbo"
import { Current } from "lib/current"

/* A list that is put into order by dragging. Each item says where to tell of its new place; the arrows
   beside it do the same without a mouse. What the server refuses goes back to where it was. */
export default class extends Controller {
  static targets = ["item"]

  connect() {
    this.sortable = Sortable.create(this.element, { handle: ".order__handle", draggable: ".order__item", animation: 150, onEnd: (event) => this.#moved(event) })
  }

  disconnect() {
    this.sortable.destroy()
  }

  async #moved({ item, oldIndex, newIndex }) {
    if (oldIndex === newIndex) return
    const beside = item.previousElementSibling ?? item.nextElementSibling
    const body = new URLSearchParams({ [item.previousElementSibling ? "after" : "before"]: beside.dataset.id })
    const answer = await fetch(item.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": Current.csrf } }).catch(() => null)
    // The arrows at the ends are others now, and so may be what somebody else has moved.
    visit(answer?.ok ? answer.url : location.href, { action: "replace" })
  }
}
