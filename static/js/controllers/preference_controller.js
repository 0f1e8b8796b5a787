import { Controller } from "@hotwired/stimulus"
import Sortable from "sortablejs"

/* A list of choices in an order of preference: dragged, or moved by the arrows beside each. The form
   sends them as they stand. */
export default class extends Controller {
  static targets = ["item"]

  connect() {
    this.sortable = Sortable.create(this.element, { handle: ".preference__handle", draggable: ".preference__item", animation: 150, onEnd: () => this.dispatch("moved") })
  }

  disconnect() {
    this.sortable.destroy()
  }

  up({ currentTarget }) {
    this.#move(currentTarget, (item) => item.previousElementSibling?.before(item))
  }

  down({ currentTarget }) {
    this.#move(currentTarget, (item) => item.nextElementSibling?.after(item))
  }

  #move(button, put) {
    put(button.closest("li"))
    button.focus()
    this.dispatch("moved")
  }
}
