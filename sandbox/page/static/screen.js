// What every page has: a field to write in, a line for news, switches that make the stand-in misbehave.

import { find } from "./nodes.js"
import { words } from "./words.js"

export class Screen {
  // Words for kinds of trouble of one platform begin with it.
  prefix = ""
  // What the line under the name says while nobody types, and how long a sign of typing holds.
  idle = words.online
  typingSeconds = 6
  // What trouble of this platform needs to be told beside its kind.
  troubleFacts = { seconds: 40 }

  // What the stand-in answers. `facts` is an object, or a FormData with files.
  async ask(deed, facts, method = "POST") {
    const form = facts instanceof FormData
    const headers = facts && !form ? { "Content-Type": "application/json" } : {}
    const body = facts && (form ? facts : JSON.stringify(facts))
    const response = await fetch(`${this.path}/${deed}`, { method, body, headers })
    return response.json()
  }

  // The result; undefined when it was refused, which is shown.
  async call(deed, facts, method) {
    const answer = await this.ask(deed, facts, method)
    if (answer.ok) return answer.result
    this.toast(`${words.failed}: ${answer.description}`)
  }

  on(id, type, handler) {
    find(id).addEventListener(type, handler)
  }

  onSubmit(id, handler) {
    this.on(id, "submit", (event) => {
      event.preventDefault()
      handler()
    })
  }

  listen() {
    this.onSubmit("composer", () => this.submit())
    this.on("text", "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.submit()
    })
    this.onSubmit("fault", () => {
      const count = find("fault-count").value
      this.call("faults", { kind: find("fault-kind").value, count: count ? Number(count) : null, ...this.troubleFacts })
    })
    this.on("heal", "click", () => this.call("faults", undefined, "DELETE"))
    for (const box of document.querySelectorAll("[data-switch]"))
      box.addEventListener("change", () => this.call("faults", { [box.dataset.switch]: box.checked }))
    this.on("copy", "click", async () => {
      await navigator.clipboard.writeText(find("copy").previousElementSibling.textContent)
      this.toast(words.copied)
    })
  }

  showTroubles({ calls, ...switches }) {
    for (const box of document.querySelectorAll("[data-switch]")) box.checked = switches[box.dataset.switch] ?? false
    const names = calls.map(({ kind, count }) => `${words[this.prefix + kind] ?? words[kind] ?? kind} (${count ?? words.until_cleared})`)
    find("active").textContent = names.join("; ") || words.none
  }

  showTyping(shown) {
    clearTimeout(this.typing)
    find("activity").textContent = shown ? words.typing : this.idle
    if (shown) this.typing = setTimeout(() => this.showTyping(false), this.typingSeconds * 1000)
  }

  toast(text) {
    clearTimeout(this.toasting)
    find("toast").textContent = text
    this.toasting = setTimeout(() => (find("toast").textContent = ""), 4000)
  }

  // What was written, taken out of its field; "" when there is nothing to send.
  takeText() {
    const text = find("text").value.trim()
    find("text").value = ""
    return text
  }
}
