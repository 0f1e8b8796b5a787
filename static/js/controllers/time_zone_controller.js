import { Controller } from "@hotwired/stimulus"

/* Chooses the browser's own time zone in an untouched select. */
export default class extends Controller {
  connect() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const known = [...this.element.options].some((option) => option.value === zone)
    if (known && this.element.dataset.chosen !== "true") this.element.value = zone
  }
}
