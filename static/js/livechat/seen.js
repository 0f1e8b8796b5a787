// Which of the agents' messages have reached the visitor, and which they have read. The server is
// told of the newest only: what stands before it has been seen too.

export class Seen {
  #tellServer
  #tellHost
  #unread = new Set() // ids
  #newest = null
  #told = { delivered: "", read: "" } // keys of the newest told
  #isOpen = false

  // `tellServer(id, status)` says whether it was told.
  constructor(tellServer, tellHost) {
    this.#tellServer = tellServer
    this.#tellHost = tellHost
    document.addEventListener("visibilitychange", () => this.tell())
  }

  opened(isOpen) {
    this.#isOpen = isOpen
    this.tell()
  }

  // Takes agents' messages; returns those that are new here.
  take(messages) {
    const fresh = messages.filter(({ key, seen }) => !seen && !(this.#newest && key <= this.#newest.key))
    for (const message of fresh) {
      this.#unread.add(message.id)
      if (!this.#newest || message.key > this.#newest.key) this.#newest = message
    }
    for (const { id, seen } of messages) if (seen) this.#unread.delete(id)
    if (messages.length) this.tell()
    return fresh
  }

  clear() {
    this.#unread.clear()
    this.#newest = null
    this.#told = { delivered: "", read: "" }
    this.tell()
  }

  tell() {
    const status = this.#isOpen && !document.hidden ? "read" : "delivered"
    if (status === "read") this.#unread.clear()
    if (this.#newest && this.#newest.key > this.#told[status] && this.#tellServer(this.#newest.id, status)) {
      this.#told[status] = this.#newest.key
    }
    this.#tellHost(this.#unread.size)
  }
}
