import * as Turbo from "@hotwired/turbo"
import { Current } from "lib/current"
import { FrameReloader } from "models/frame_reloader"
import { LiveConnection } from "models/live_connection"
import { LiveParts } from "models/live_parts"
import { PresenceReporter } from "models/presence_reporter"

const TYPE_EVERY = 3_000
const RESET_EVERY = 5_000

/* Keeps every page of this tab in line with the journal of one workspace.

   `#applied` is the newest seq that the page has taken in; null until one is known. `#owed` is an
   older one: the server was asked to tell everything after it again, and has not answered yet. */
export class LiveSession {
  #applied = null
  #owed = null
  #questions = 0
  #typed = {}
  #resetAt = -Infinity

  constructor(url) {
    this.state = "connecting"
    this.connection = new LiveConnection(url, {
      opened: () => this.#hello(),
      received: (frame) => this.#receive(frame),
      status: (state) => this.#tellStatus(state),
      ended: () => Turbo.visit(location.href, { action: "replace" }),
    })
    this.frames = new FrameReloader()
    this.parts = new LiveParts((change) => this.#follow(change), () => this.#applied)
    this.presence = new PresenceReporter((state) => this.connection.send({ type: "presence", state }))
  }

  start() {
    document.addEventListener("turbo:before-cache", this.#stamp)
    document.addEventListener("turbo:before-frame-render", this.frames.rename)
    document.addEventListener("visibilitychange", this.#wake)
    document.addEventListener("live:type", this.#type)
    this.parts.start()
    this.presence.start()
    this.connection.start()
  }

  stop() {
    document.removeEventListener("turbo:before-cache", this.#stamp)
    document.removeEventListener("turbo:before-frame-render", this.frames.rename)
    document.removeEventListener("visibilitychange", this.#wake)
    document.removeEventListener("live:type", this.#type)
    this.parts.stop()
    this.presence.stop()
    this.connection.stop()
  }

  #hello() {
    this.#questions = 0
    this.#ask("hello", this.parts.topics, lower(this.#applied, this.#owed))
    if (this.presence.state !== "online") this.connection.send({ type: "presence", state: this.presence.state })
  }

  #follow({ topics, since = null }) {
    if (this.connection.isReady) this.#ask("topics", topics, since)
    else this.#owed = lower(this.#owed, since)
  }

  #ask(type, topics, since) {
    if (since !== null) {
      this.#owed = lower(this.#owed, since)
      this.#questions += 1
    }
    this.connection.send({ type, topics, language: Current.language, ...(since !== null && { since }) })
  }

  #answered() {
    this.#questions -= 1
    if (this.#questions <= 0) this.#owed = null
  }

  #receive(frame) {
    switch (frame.type) {
      case "hello": this.#applied ??= frame.seq; break
      case "news": this.#apply(frame); break
      case "heartbeat": this.#advance(frame.seq); break
      case "ephemeral": dispatch(frame.kind, frame); break
      case "reset": this.#reset(frame.seq); break
    }
  }

  #apply({ seq, streams, changed, replay }) {
    if (replay) this.#answered()
    else if (this.#applied !== null && seq <= this.#applied) return
    if (streams) Turbo.renderStreamMessage(streams)
    if (changed.length) {
      this.frames.changed(changed)
      dispatch("changed", { names: changed })
    }
    this.#advance(seq)
  }

  #advance(seq) {
    this.#applied = Math.max(this.#applied ?? 0, seq)
  }

  /* Too much was missed: take the page as it is now, and everything after it. */
  #reset(seq) {
    this.#answered()
    this.#applied = seq
    if (performance.now() - this.#resetAt < RESET_EVERY) return
    this.#resetAt = performance.now()
    Turbo.visit(location.href, { action: "replace" })
  }

  #tellStatus(state) {
    this.state = state
    dispatch("status", { state })
  }

  #stamp = () => {
    if (this.#applied !== null) this.parts.stamp(this.#applied, (element) => this.frames.isStale(element))
  }

  #wake = () => {
    if (!document.hidden) this.frames.wake()
  }

  #type = ({ detail: { conversation, internal = false } }) => {
    const now = performance.now()
    if (now - (this.#typed[conversation] ?? -Infinity) < TYPE_EVERY) return
    this.#typed = { [conversation]: now }
    this.connection.send({ type: "typing", conversation, internal })
  }
}

function lower(one, other) {
  return one === null || other === null ? one ?? other : Math.min(one, other)
}

function dispatch(name, detail) {
  document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }))
}
