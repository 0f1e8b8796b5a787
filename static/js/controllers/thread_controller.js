import { Controller } from "@hotwired/stimulus"
import { visit } from "@hotwired/turbo"
import { Current } from "lib/current"
import { placeItem } from "lib/stream_actions"
import { toast, words } from "lib/toasts"
import { arrangeDays } from "models/day_dividers"
import { outbox } from "models/outbox"
import { clearTrouble, pendingBubble, showTrouble } from "models/pending_message"
import { ScrollKeeper } from "models/scroll_keeper"
import { TypingTracker } from "models/typing_tracker"

const READ_AFTER = 400

/* An open conversation: its place, its new messages, who types, what is on its way. */
export default class extends Controller {
  static targets = ["scroll", "list", "item", "older", "jump", "jumpCount", "typing", "presence"]
  static values = { id: String, title: String, unread: Number, reads: Boolean, readUrl: String }

  #changes = new MutationObserver((records) => this.#changed(records))
  #edge = new IntersectionObserver((entries) => this.#reachEdge(entries), { rootMargin: "800px 0px 0px" })
  #typists = new TypingTracker((people) => this.#showTypists(people))
  #news = 0

  connect() {
    document.title = this.titleValue
    this.keeper = new ScrollKeeper(this.scrollTarget)
    this.stopListening = outbox.listen((item, news) => this.#outboxTold(item, news))
    for (const item of outbox.of(this.idValue)) this.place(item)
    arrangeDays(this.listTarget)
    this.#openAtUnread()
    this.#changes.observe(this.listTarget, { childList: true })
    document.addEventListener("visibilitychange", this.#look)
    addEventListener("focus", this.#look)
    this.#look()
    outbox.flush()
  }

  disconnect() {
    this.#changes.disconnect()
    this.#edge.disconnect()
    this.#typists.clear()
    this.stopListening()
    clearTimeout(this.readTimer)
    document.removeEventListener("visibilitychange", this.#look)
    removeEventListener("focus", this.#look)
  }

  olderTargetConnected(link) {
    this.#edge.observe(link)
  }

  /* Show a message that is on its way. */
  place(item) {
    if (document.getElementById(`message_${item.id}`)?.dataset.message) return outbox.discard(item.id)
    document.getElementById("thread_empty")?.remove()
    const bubble = placeItem(this.listTarget, pendingBubble(item))
    if (item.state === "refused") showTrouble(bubble, item.reason, { isFinal: true })
  }

  scrolled() {
    const isAtBottom = this.keeper.isAtBottom
    this.jumpTarget.hidden = isAtBottom
    if (!isAtBottom || this.#news === 0) return
    this.#count(0)
    this.#look()
  }

  toBottom() {
    this.keeper.toBottom({ smooth: true })
    this.#count(0)
  }

  reply({ currentTarget }) {
    const bubble = currentTarget.closest(".message")
    const isTheirs = bubble.dataset.direction === "incoming"
    const author = bubble.querySelector(".message__author")?.textContent.trim()
    const detail = {
      id: bubble.dataset.message,
      name: author || (isTheirs ? document.querySelector(".thread-head .pane__title")?.textContent : ""),
      text: bubble.querySelector(".message__text, .file__name")?.textContent.trim() || words("photo"),
    }
    if (detail.id) this.dispatch("reply", { detail, prefix: "thread" })
  }

  async copy({ currentTarget }) {
    const text = currentTarget.closest(".message").querySelector(".message__text")?.textContent ?? ""
    await navigator.clipboard.writeText(text)
    toast(words("copied"))
  }

  jumpTo({ currentTarget }) {
    const target = document.getElementById(currentTarget.hash.slice(1))
    target?.scrollIntoView({ block: "center", behavior: "smooth" })
    target?.classList.add("message--found")
    target?.addEventListener("animationend", () => target.classList.remove("message--found"), { once: true })
  }

  enlarge({ currentTarget }) {
    document.dispatchEvent(new CustomEvent("lightbox:show", { detail: { link: currentTarget } }))
  }

  /* Clicks in the list: the way out of trouble with a message on its way. */
  settle({ target }) {
    const act = target.dataset.outbox
    if (!act) return
    const bubble = target.closest(".message")
    const id = bubble.id.replace("message_", "")
    clearTrouble(bubble)
    if (act === "retry") outbox.retry(id)
    else {
      outbox.discard(id)
      bubble.remove()
    }
  }

  showTyping({ detail: { conversation, who } }) {
    if (conversation === this.idValue) this.#typists.add(who)
  }

  gone(event) {
    event.preventDefault()
    visit(event.detail.response.url)
  }

  #changed(records) {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset?.key)
    if (!added.length) return
    this.#changes.disconnect()
    arrangeDays(this.listTarget)
    for (const item of added) this.#nameAuthor(item)
    this.#changes.observe(this.listTarget, { childList: true })
    const last = this.itemTargets.filter((item) => item.dataset.direction === "incoming").at(-1)
    if (added.some((item) => item.id.startsWith("message_") && item.dataset.key.startsWith("~"))) this.keeper.toBottom()
    if (!added.includes(last)) return
    this.#typists.clear()
    this.unreadValue += 1
    if (this.keeper.isAtBottom) this.#look()
    else this.#count(this.#news + 1)
  }

  #openAtUnread() {
    const divider = this.listTarget.querySelector("#thread_unread")
    if (divider) this.keeper.show(divider)
  }

  #reachEdge(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      this.#edge.unobserve(target)
      this.keeper.hold(() => target.click())
    }
  }

  #nameAuthor(item) {
    const line = item.querySelector(".message__author")
    if (!line || item.dataset.direction !== "outgoing") return
    let previous = item.previousElementSibling
    while (previous && !previous.dataset.direction) previous = previous.previousElementSibling
    line.hidden = !item.dataset.author || [Current.membership, previous?.dataset.author].includes(item.dataset.author)
  }

  #count(news) {
    this.#news = news
    this.jumpCountTarget.hidden = news === 0
    this.jumpCountTarget.textContent = news > 99 ? "99+" : news
    this.jumpTarget.hidden = this.keeper.isAtBottom
  }

  #showTypists(people) {
    const colleague = people.find(({ type }) => type === "member")
    this.typingTarget.hidden = !people.some(({ type }) => type === "contact")
    this.presenceTarget.hidden = !colleague
    const line = this.presenceTarget.querySelector("[data-template]")
    line.textContent = colleague ? line.dataset.template.replace("{name}", colleague.name) : ""
  }

  #outboxTold(item, news) {
    const bubble = item.conversation === this.idValue && document.getElementById(`message_${item.id}`)
    if (!bubble || bubble.dataset.message) return
    if (news === "waiting") showTrouble(bubble, words("offline"), { isFinal: false })
    else if (news === "refused") showTrouble(bubble, item.reason, { isFinal: true })
    else clearTrouble(bubble)
  }

  /* Seen by somebody whose it is, at its end: nothing is unread any more. */
  #look = () => {
    clearTimeout(this.readTimer)
    this.readTimer = setTimeout(async () => {
      if (!this.readsValue || !this.unreadValue || document.hidden || !document.hasFocus() || !this.keeper.isAtBottom) return
      this.unreadValue = 0
      const headers = { "X-CSRFToken": Current.csrf }
      await fetch(this.readUrlValue, { method: "POST", headers }).catch(() => {})
    }, READ_AFTER)
  }
}
