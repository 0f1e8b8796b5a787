import { backoff } from "lib/backoff"

const SILENCE = 60_000 // the server says something every 25 s
const DOZE = 30_000 // a page that comes back to the front trusts its socket no longer than this
const LOST_AFTER = 5_000
const STEADY = 5_000 // a connection that lived so long was a good one

const TOO_SLOW = 4008
const TOO_MANY = 4029
const GOODBYES = [4401, 4404] // logged out, no member any more

/* One websocket that comes back for ever. `events`: opened(), received(frame), status(state), ended().
   States: "connected", "lost" (for more than five seconds), "ended" (the session is over). */
export class LiveConnection {
  #url
  #events
  #socket
  #attempt = 0
  #retry
  #lost
  #watch
  #heardAt = 0
  #openedAt = Infinity
  #state

  constructor(url, events) {
    this.#url = url
    this.#events = events
  }

  /* Open, and the server has said hello. */
  get isReady() {
    return this.#socket?.readyState === WebSocket.OPEN && this.#openedAt < Infinity
  }

  start() {
    addEventListener("online", this.#hurry)
    addEventListener("offline", this.#drop)
    document.addEventListener("visibilitychange", this.#wake)
    this.#watch = setInterval(() => this.#checkSilence(SILENCE), 5_000)
    this.#connect()
  }

  stop() {
    removeEventListener("online", this.#hurry)
    removeEventListener("offline", this.#drop)
    document.removeEventListener("visibilitychange", this.#wake)
    clearInterval(this.#watch)
    clearTimeout(this.#retry)
    clearTimeout(this.#lost)
    this.#close()
  }

  send(message) {
    if (this.isReady) this.#socket.send(JSON.stringify(message))
  }

  #connect() {
    clearTimeout(this.#retry)
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    this.#heardAt = Date.now()
    this.#openedAt = Infinity
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data)))
    socket.addEventListener("close", ({ code }) => socket === this.#socket && this.#closed(code))
  }

  #receive(frame) {
    this.#heardAt = Date.now()
    if (frame.type === "hello") {
      this.#openedAt = Date.now()
      this.#say("connected")
      this.#events.opened()
    }
    this.#events.received(frame)
  }

  #closed(code) {
    this.#socket = null
    this.#lost ??= setTimeout(() => this.#say("lost"), LOST_AFTER)
    if (GOODBYES.includes(code)) {
      this.stop()
      this.#say("ended")
      this.#events.ended()
      return
    }
    if (code === TOO_SLOW || Date.now() - this.#openedAt > STEADY) this.#attempt = 0
    if (code === TOO_MANY) this.#attempt = 6
    if (navigator.onLine) this.#retry = setTimeout(() => this.#connect(), backoff(this.#attempt++))
  }

  #say(state) {
    clearTimeout(this.#lost)
    this.#lost = null
    if (state === this.#state) return
    this.#state = state
    this.#events.status(state)
  }

  #close() {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #checkSilence(longest) {
    if (this.#socket && Date.now() - this.#heardAt > longest) {
      this.#close()
      this.#closed()
    }
  }

  #hurry = () => {
    this.#attempt = 0
    if (!this.#socket) this.#connect()
  }

  #drop = () => {
    this.#close()
    this.#closed()
  }

  #wake = () => {
    if (document.hidden) return
    this.#checkSilence(DOZE)
    this.#hurry()
  }
}
