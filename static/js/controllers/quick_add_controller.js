import { Controller } from "@hotwired/stimulus"

/* The line for a new task is empty again once the task is made, and ready for the next one. */
export default class extends Controller {
  clear({ detail }) {
    if (!detail.success) return
    this.element.reset()
    this.element.querySelector("input:not([type=hidden])").focus()
  }
}
