import { Controller } from "@hotwired/stimulus"
import { Current } from "lib/current"
import { forgetWaiting, placeItem, placeWaiting } from "lib/stream_actions"
import { words } from "lib/toasts"
import { arrangeDays } from "models/day_dividers"
import { outbox } from "models/outbox"
import { clearTrouble, pendingBubble, showTrouble } from "models/pending_message"
import { ScrollKeeper } from "models/scroll_keeper"

/* An open conversation: keeps its place while it grows at both ends, and shows what is on its way.

   Dispatches thread:arrived for each new message of the customer, thread:end when its end is in view. */
export default class extends Controller {
  static targets = ["scroll", "list", "item", "older", "jump", "jumpCount"]
  static values = { id: String, title: String }

  #changes = new MutationObserver((records) => this.#changed(records))
  #edge = new IntersectionObserver((entries) => this.#reachEdge(entries), { rootMargin: "800px 0px 0px" })
  #news = 0

  connect() {
    document.title = this.titleValue
    this.keeper = new ScrollKeeper(this.scrollTarget)
    this.stopListening = outbox.listen((item, news) => this.#outboxTold(item, news))
    for (const item of outbox.of(this.idValue)) this.place(item)
    arrangeDays(this.listTarget)
    this.#openAtUnread()
    this.#changes.observe(this.listTarget, { childList: true })
    this.scrolled()
    outbox.flush()
  }

  disconnect() {
    this.#changes.disconnect()
    this.#edge.disconnect()
    this.stopListening()
  }

  olderTargetConnected(link) {
    this.#edge.observe(link)
  }

  olderTargetDisconnected() {
    placeWaiting(this.listTarget)
  }

  askOlder() {
    forgetWaiting(this.listTarget)
  }

  /* Show a message that is on its way. */
  place(item) {
    if (document.getElementById(`message_${item.id}`)?.dataset.message) return outbox.discard(item.id)
    document.getElementById("thread_empty")?.remove()
    const bubble = placeItem(this.listTarget, pendingBubble(item))
    if (item.state === "refused") showTrouble(bubble, item.reason, { isFinal: true })
    this.keeper.toBottom()
  }

  scrolled() {
    const { isAtBottom } = this.keeper
    this.element.toggleAttribute("data-at-end", isAtBottom)
    this.jumpTarget.hidden = isAtBottom
    if (!isAtBottom) return
    this.#count(0)
    this.dispatch("end")
  }

  toBottom() {
    this.keeper.toBottom({ smooth: true })
    this.#count(0)
  }

  #changed(records) {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset?.key)
    if (!added.length) return
    this.#changes.disconnect()
    arrangeDays(this.listTarget)
    for (const item of added) this.#nameAuthor(item)
    this.#changes.observe(this.listTarget, { childList: true })
    const newest = this.itemTargets.filter(({ dataset }) => dataset.direction === "incoming").at(-1)
    if (!added.includes(newest)) return
    if (!this.keeper.isAtBottom) this.#count(this.#news + 1)
    this.dispatch("arrived")
  }

  #openAtUnread() {
    const divider = this.listTarget.querySelector("#thread_unread")
    if (divider) this.keeper.show(divider)
  }

  #reachEdge(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      this.#edge.unobserve(target)
      target.click()
    }
  }

  /* Say whose a colleague's message is, where it is not said above. */
  #nameAuthor(item) {
    const line = item.querySelector(".message__author")
    const { author, direction } = item.dataset
    if (!line || direction !== "outgoing" || "broadcast" in item.dataset) return
    let previous = item.previousElementSibling
    while (previous && !previous.dataset.direction) previous = previous.previousElementSibling
    line.hidden = !author || [Current.membership, previous?.dataset.author].includes(author)
  }

  #count(news) {
    this.#news = news
    this.jumpCountTarget.hidden = news === 0
    this.jumpCountTarget.textContent = news > 99 ? "99+" : news
  }

  #outboxTold(item, news) {
    const bubble = item.conversation === this.idValue && document.getElementById(`message_${item.id}`)
    if (!bubble || bubble.dataset.message) return
    if (news === "waiting") showTrouble(bubble, words("offline"), { isFinal: false })
    else if (news === "refused") showTrouble(bubble, item.reason, { isFinal: true })
    else clearTrouble(bubble)
  }
}
