// Somebody's mail program: writes to a mailbox of the company and shows what came back.

import { element, fill, find } from "./nodes.js"
import { words } from "./words.js"

const PAUSE = 1500

class Mail {
  #written = []
  #shown = ""

  async start() {
    find("letter").addEventListener("submit", (event) => this.#do(event, () => this.#write()))
    find("new").addEventListener("submit", (event) => this.#do(event, () => this.#make()))
    find("fault").addEventListener("submit", (event) => this.#do(event, () => this.#trouble()))
    find("heal").addEventListener("click", (event) => this.#do(event, () => this.#call("faults", undefined, "DELETE")))
    find("mailbox").addEventListener("change", () => this.show())
    find("person").addEventListener("change", () => this.show())
    await this.#list(new URLSearchParams(location.search).get("mailbox"))
    setInterval(() => document.hidden || this.show().catch(() => {}), PAUSE)
  }

  get mailbox() {
    return find("mailbox").value
  }

  get person() {
    const match = find("person").value.match(/^(.*)<([^>]+)>\s*$/)
    const [name, address] = match ? [match[1].trim(), match[2].trim()] : ["", find("person").value.trim()]
    return { name, address: address.toLowerCase() }
  }

  async show() {
    if (!this.mailbox) return
    const state = await this.#call(`state?person=${encodeURIComponent(this.person.address)}`, undefined, "GET")
    const { address } = this.person
    const mine = state.folders.INBOX.filter(({ headers }) => (headers.From ?? "").toLowerCase().includes(address))
    const letters = [...mine.map((letter) => ({ ...letter, mine: true })), ...state.received].sort((a, b) => a.at - b.at)
    find("name").textContent = this.mailbox
    find("about").textContent = address
    find("active").textContent = state.faults.map(({ kind, count }) => `${kind} (${count ?? "∞"})`).join(", ") || words.none
    const key = JSON.stringify(letters.map(({ uid, mine: own }) => [uid, own])) + address + this.mailbox
    if (key === this.#shown) return
    this.#shown = key
    this.#written = state.received
    find("feed").replaceChildren(...letters.map(bubble))
    find("feed").scrollTo(0, find("feed").scrollHeight)
    const last = letters.at(-1)
    if (last && !find("subject").value) find("subject").value = answer(last.headers.Subject ?? "")
  }

  async #list(chosen) {
    const { mailboxes, imap_port: imap, smtp_port: smtp } = await (await fetch("/email/mailboxes")).json()
    fill(find("mailbox"), mailboxes.map((address) => ({ id: address, name: address })), chosen)
    find("imap").textContent = `127.0.0.1:${imap}`
    find("smtp").textContent = `127.0.0.1:${smtp}`
    await this.show()
  }

  async #make() {
    const address = find("new-address").value.trim().toLowerCase()
    await fetch(`/email/${encodeURIComponent(address)}/control/state`)
    find("new-address").value = ""
    await this.#list(address)
  }

  async #write() {
    const { name, address } = this.person
    const text = find("text").value
    const files = await Promise.all([...find("file").files].map(encoded))
    const facts = { person: address, name, subject: find("subject").value, text, files }
    if (find("html").checked) Object.assign(facts, { html: text, text: new DOMParser().parseFromString(text, "text/html").body.textContent })
    const newest = this.#written.at(-1)
    if (newest) facts.reply_to = newest.headers["Message-ID"]
    await this.#call("letters", facts)
    find("text").value = ""
    find("file").value = ""
    await this.show()
  }

  async #trouble() {
    const [kind, code, ...rest] = find("fault-kind").value.split(" ")
    const count = find("fault-count").value
    await this.#call("faults", { kind, count: count ? Number(count) : null, ...(code && { code: Number(code), text: rest.join(" ") }) })
    await this.show()
  }

  async #call(deed, facts, method = "POST") {
    const response = await fetch(`/email/${encodeURIComponent(this.mailbox)}/control/${deed}`, {
      method,
      body: facts && JSON.stringify(facts),
      headers: facts ? { "Content-Type": "application/json" } : {},
    })
    const told = await response.json()
    if (!told.ok) throw new Error(told.description)
    return told.result
  }

  async #do(event, deed) {
    event.preventDefault()
    try {
      await deed()
    } catch (error) {
      find("toast").textContent = `${words.failed}: ${error.message}`
      setTimeout(() => (find("toast").textContent = ""), 4000)
    }
  }
}

function bubble({ headers, text, html, files, mine }) {
  const item = element("li", mine ? "bubble bubble--mine" : "bubble")
  const body = text || new DOMParser().parseFromString(html, "text/html").body.textContent
  item.append(element("b", "", headers.Subject || "…"), "\n", element("span", "", body))
  if (files.length) item.append(`\n📎 ${files.join(", ")}`)
  return item
}

function answer(subject) {
  return !subject || /^re:/i.test(subject) ? subject : `Re: ${subject}`
}

async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return { name: file.name, mime: file.type || "application/octet-stream", content: btoa(binary) }
}

new Mail().start()
