import { Controller } from "@hotwired/stimulus"

/* The button that shows the filter builder of its page, and hides it. The builder is fetched when it
   is first shown: what it offers to choose from would make every page heavier. */
export default class extends Controller {
  toggle() {
    const panel = document.getElementById(this.element.getAttribute("aria-controls"))
    if (!panel) return
    panel.hidden = !panel.hidden
    this.element.setAttribute("aria-expanded", String(!panel.hidden))
    if (panel.hidden) return
    if (panel.dataset.src && !panel.src) panel.src = panel.dataset.src
    else panel.querySelector("select")?.focus()
  }
}
