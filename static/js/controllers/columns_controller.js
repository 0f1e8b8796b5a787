import { Controller } from "@hotwired/stimulus"

/* Which columns a table shows, and in which order: ticked boxes joined into one parameter of the address. */
export default class extends Controller {
  static targets = ["list", "joined"]

  up(event) {
    event.preventDefault()
    const item = event.currentTarget.closest("[data-column]")
    item.previousElementSibling?.before(item)
    event.currentTarget.focus()
  }

  join() {
    const ticked = this.listTarget.querySelectorAll("input:checked")
    this.joinedTarget.value = [...ticked].map((box) => box.value).join(",")
  }
}
