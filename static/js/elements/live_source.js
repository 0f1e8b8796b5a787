/* <live-source url="/ws/live/acme/" data-live-seq="123"></live-source>

   Connects the page with its workspace's journal. All pages that a tab goes through share one
   socket: it outlives the element for the moment that a visit takes. Its `state` attribute is
   "connecting", "connected", "lost" or "ended".

   Told on document: live:changed {names}, live:typing, live:presence, live:status {state}.
   Heard on document: live:type {conversation, internal}, when the agent types. */

import { LiveSession } from "models/live_session"

const GRACE = 2_000

let session = null
let url = null
let leaving = null

class LiveSource extends HTMLElement {
  connectedCallback() {
    const wanted = new URL(this.getAttribute("url"), location.href)
    wanted.protocol = wanted.protocol.replace("http", "ws")
    clearTimeout(leaving)
    if (wanted.href !== url) {
      session?.stop()
      url = wanted.href
      session = new LiveSession(url)
      session.start()
    }
    document.addEventListener("live:status", this.#mirror)
    this.#mirror()
  }

  disconnectedCallback() {
    document.removeEventListener("live:status", this.#mirror)
    clearTimeout(leaving)
    leaving = setTimeout(leave, GRACE)
  }

  #mirror = () => this.setAttribute("state", session.state)
}

function leave() {
  if (document.querySelector("live-source")) return
  session?.stop()
  session = url = null
}

customElements.define("live-source", LiveSource)
