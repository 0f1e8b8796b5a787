import { Controller } from "@hotwired/stimulus"
import { TypingTracker } from "models/typing_tracker"

const SKELETON_AFTER = 200
const PAGE = 50

/* The queue's frame: marks the open conversation at once, fetches more rows as one scrolls, and keeps
   both when the frame is reloaded because something has changed. */
export default class extends Controller {
  static targets = ["row", "more", "scroll"]

  #observer = new IntersectionObserver((entries) => this.#near(entries), { rootMargin: "400px" })
  #typing = new Map()

  connect() {
    this.mark()
    document.addEventListener("turbo:frame-load", this.#loaded)
  }

  disconnect() {
    this.#observer.disconnect()
    document.removeEventListener("turbo:frame-load", this.#loaded)
  }

  moreTargetConnected(link) {
    this.#observer.observe(link)
  }

  rowTargetConnected(row) {
    if (row.dataset.conversation === this.#open) this.#point(row, true)
  }

  /* click: the row is chosen before the server has answered */
  choose(event) {
    const row = event.target.closest(".conversation-row")
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return
    this.#pointAt(row.dataset.conversation)
    clearTimeout(this.skeletonTimer)
    this.skeletonTimer = setTimeout(() => this.#showSkeleton(), SKELETON_AFTER)
  }

  mark() {
    this.#pointAt(this.#open)
  }

  /* turbo:before-fetch-request: a reload brings as many rows as there are */
  keepRows({ target, detail }) {
    if (target !== this.element || detail.url.searchParams.has("after")) return
    const isReload = detail.url.href === new URL(this.element.src, location.href).href
    const rows = Math.ceil(this.rowTargets.length / PAGE) * PAGE
    if (isReload && rows > PAGE) detail.url.searchParams.set("rows", rows)
  }

  /* turbo:before-morph-attribute: what only the browser knows */
  keepMarks(event) {
    const { attributeName } = event.detail
    if (attributeName === "aria-current" && event.target.matches(".conversation-row")) event.preventDefault()
    if (attributeName === "data-typing") event.preventDefault()
    if (attributeName === "rows" || (attributeName === "src" && event.target === this.element)) event.preventDefault()
  }

  showTyping({ detail: { conversation, who } }) {
    if (who.type !== "contact") return
    if (!this.#typing.has(conversation)) {
      this.#typing.set(conversation, new TypingTracker((people) => {
        document.getElementById(`row_${conversation}`)?.toggleAttribute("data-typing", people.length > 0)
      }))
    }
    this.#typing.get(conversation).add(who)
  }

  get #open() {
    return document.querySelector("[data-thread-id-value]")?.dataset.threadIdValue
  }

  #pointAt(conversation) {
    for (const row of this.rowTargets) this.#point(row, row.dataset.conversation === conversation)
  }

  #point(row, isCurrent) {
    if (isCurrent) row.setAttribute("aria-current", "true")
    else row.removeAttribute("aria-current")
  }

  #near(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      this.#observer.unobserve(target)
      target.click()
    }
  }

  #showSkeleton() {
    const frame = document.querySelector("#conversation[busy]")
    const list = frame?.querySelector(".pane--thread .thread")
    const skeleton = document.querySelector("#thread_skeleton")
    if (list && skeleton) list.replaceChildren(skeleton.content.cloneNode(true))
  }

  #loaded = ({ target }) => {
    if (target.id !== "conversation") return
    clearTimeout(this.skeletonTimer)
    this.mark()
  }
}
