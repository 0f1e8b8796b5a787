// The line to the server: a socket, or posts where a wall lets no socket through. Both carry the
// same frames. After a break the cursor says up to where this page was told.

const HELLO_WITHIN = 10_000
const SILENCE = 60_000 // the server beats every 25 s
const LONGEST_PAUSE = 15_000
const SOCKETS_TRIED = 2 // in vain, before posting
const POSTS_BEFORE_SOCKET = 20
const POLL = { seen: 3_000, hidden: 15_000 }
const OPEN = 1 // a socket's readyState
const STRANGER = 4401, NO_WIDGET = 4404

export class Line {
  #address
  #session
  #hello
  #handlers
  #socket = null
  #cursor = null
  #isOpen = false
  #isOver = false
  #failures = 0
  #posts = 0
  #unsent = []
  #timer = null
  #watch = null
  #isPosting = false
  #isBusy = false

  // `session.token()` gives the visitor's token, `session.forget()` drops one that is not taken;
  // `hello()` what the page tells of itself; handlers: frame, opened, closed, over.
  constructor({ socket, posts }, session, hello, handlers) {
    this.#address = { socket, posts }
    this.#session = session
    this.#hello = hello
    this.#handlers = handlers
    addEventListener("online", () => this.#hurry())
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry())
  }

  get isOpen() {
    return this.#isOpen
  }

  start() {
    if (!this.#socket && !this.#isPosting && !this.#isOver) this.#connect()
  }

  // Whether the frame is under way. What must not be lost stays in the outbox.
  say(frame) {
    if (this.#isOpen && this.#socket?.readyState === OPEN) {
      this.#socket.send(JSON.stringify(frame))
      return true
    }
    if (!this.#isPosting) return false
    this.#unsent.push(frame)
    if (!this.#isBusy) this.#later(0)
    return true
  }

  async #connect() {
    clearTimeout(this.#timer)
    this.#timer = null
    if (this.#isBusy || this.#socket) return
    let token
    this.#isBusy = true
    try {
      token = await this.#session.token()
    } catch {
      return this.#failed()
    } finally {
      this.#isBusy = false
    }
    if (this.#failures >= SOCKETS_TRIED && this.#posts < POSTS_BEFORE_SOCKET) return this.#post(token)
    this.#posts = 0
    this.#isPosting = false
    this.#open(token)
  }

  #open(token) {
    const url = new URL(this.#address.socket, location.href)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    this.#socket = socket
    this.#expect(HELLO_WITHIN)
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, cursor: this.#cursor, ...this.#hello() }))
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return
      this.#expect(SILENCE)
      this.#take(JSON.parse(data))
    }
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#closed(code)
    }
  }

  #take(frame) {
    if (frame.cursor) this.#cursor = frame.cursor
    if (frame.type === "hello" || frame.type === "news") this.#failures = 0
    this.#handlers.frame(frame)
    if (frame.type === "hello" && !this.#isOpen) this.#opened()
  }

  #opened() {
    this.#isOpen = true
    this.#handlers.opened()
  }

  #closed(code) {
    this.#drop()
    if (code === NO_WIDGET) return this.#end()
    if (code === STRANGER) {
      this.#session.forget()
      this.#cursor = null
    }
    this.#failed()
  }

  #failed() {
    this.#failures += 1
    if (this.#isOpen) this.#handlers.closed()
    this.#isOpen = false
    const pause = Math.min(500 * 2 ** this.#failures, LONGEST_PAUSE)
    this.#later(pause * (0.5 + Math.random() / 2))
  }

  #drop() {
    clearTimeout(this.#watch)
    const socket = this.#socket
    this.#socket = null
    if (this.#isOpen) this.#handlers.closed()
    this.#isOpen = false
    socket?.close()
  }

  #end() {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#handlers.over()
  }

  #expect(milliseconds) {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => this.#closed(0), milliseconds)
  }

  #hurry() {
    if (!this.#socket && !this.#isOver && this.#timer) this.#later(0)
  }

  #later(milliseconds) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), milliseconds)
  }

  async #post(token) {
    this.#isPosting = this.#isBusy = true
    const frames = this.#unsent.splice(0)
    try {
      const response = await fetch(this.#address.posts, {
        method: "POST",
        headers: { Authorization: `Visitor ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ cursor: this.#cursor, hello: this.#hello(), frames }),
        credentials: "omit",
      })
      if (response.status === 401) return this.#closed(STRANGER)
      if (response.status === 404) return this.#end()
      if (!response.ok) throw new Error(response.statusText)
      this.#posts += 1
      const answer = await response.json()
      answer.frames.forEach((frame) => this.#takePosted(frame))
      if (!this.#isOpen) this.#opened()
      this.#later(this.#unsent.length ? 0 : document.hidden ? POLL.hidden : POLL.seen)
    } catch {
      this.#failed()
    } finally {
      this.#isBusy = false
    }
  }

  #takePosted(frame) {
    if (frame.cursor) this.#cursor = frame.cursor
    this.#handlers.frame(frame)
  }
}
