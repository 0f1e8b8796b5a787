import { Controller } from "@hotwired/stimulus"
import { visit } from "@hotwired/turbo"
import { toast, words } from "lib/toasts"

/* The inbox as a whole: which of its screens a phone shows, which panes are drawn out where there is
   less room, and moving through the list by keys. */
export default class extends Controller {
  static targets = ["desk"]
  static values = { screen: String, home: String }

  #cameFromList = false

  /* turbo:load. Who goes back faster than Turbo puts the last page away may get the wrong one. */
  reconcile() {
    const asked = location.pathname.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?.[0]
    const shown = this.deskTarget.querySelector("[data-thread-id-value]")?.dataset.threadIdValue
    if (asked && asked !== shown) visit(location.href, { frame: "conversation", action: "replace" })
  }

  screenValueChanged(screen) {
    this.element.dataset.screen = screen
    this.deskTarget.dataset.screen = screen
  }

  /* turbo:frame-load */
  show({ target }) {
    if (target.id !== "conversation") return
    const isOpen = Boolean(target.querySelector(".pane--thread:not(.pane--empty)"))
    this.screenValue = isOpen ? "thread" : "list"
    this.#cameFromList = isOpen
    delete this.deskTarget.dataset.card
    if (isOpen && matchMedia("(pointer: coarse)").matches) document.activeElement?.blur()
  }

  toList({ currentTarget }) {
    this.screenValue = "list"
    if (this.#cameFromList) history.back()
    else visit(currentTarget.href)
  }

  openCard() {
    this.deskTarget.dataset.card = "open"
    this.screenValue = "card"
  }

  closeCard() {
    delete this.deskTarget.dataset.card
    this.screenValue = "thread"
  }

  openViews() {
    this.deskTarget.dataset.views = "open"
    this.deskTarget.querySelector(".view")?.focus()
  }

  closeViews() {
    delete this.deskTarget.dataset.views
  }

  closePanes({ target }) {
    const { dataset } = this.deskTarget
    if (dataset.views && !target.closest(".pane--views, .desk__to-views")) this.closeViews()
    if (dataset.card && !target.closest(".pane--card, .desk__to-card, .thread-head__who, dialog, [popover]")) this.closeCard()
  }

  /* turbo:before-fetch-response: an error belongs into a toast, not over the whole page. What was
     taken out of sight closes. */
  check(event) {
    const { fetchResponse: { statusCode } } = event.detail
    if (statusCode < 400 || statusCode === 422 || !event.target.matches("turbo-frame, form")) return
    event.preventDefault()
    if (statusCode === 404 && event.target.matches("turbo-frame")) this.#leave()
    else toast(words("failed"))
  }

  /* turbo:fetch-request-error */
  unreached() {
    toast(words("unreached"))
  }

  cancelEdit({ currentTarget }) {
    currentTarget.querySelector("[data-cancel]")?.click()
  }

  /* j and k */
  move({ currentTarget }) {
    const rows = [...this.deskTarget.querySelectorAll(".conversation-row")]
    const now = rows.findIndex((row) => row.hasAttribute("aria-current"))
    const step = Number(currentTarget.dataset.move)
    const row = now < 0 ? rows[0] : rows[now + step]
    if (!row) return
    row.scrollIntoView({ block: "nearest" })
    row.click()
  }

  #leave() {
    const thread = this.deskTarget.querySelector(".pane--thread:not(.pane--empty)")
    if (thread?.dataset.gone) return // its other frames find the same
    if (thread) thread.dataset.gone = "true"
    toast(words("gone"))
    visit(this.homeValue, { frame: "conversation", action: "replace" })
  }
}
