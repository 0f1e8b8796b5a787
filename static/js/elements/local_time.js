/* <local-time datetime="2026-11-23T08:57:00Z" format="short">11:57</local-time>

   Writes the moment in the viewer's language and zone, and again at midnight, when "today" moves. */

import { keepsItsWords } from "lib/morphs"
import { formatTime } from "lib/times"

class LocalTime extends HTMLElement {
  static observedAttributes = ["datetime", "format"]
  #timer

  connectedCallback() {
    this.#write()
    this.#timer = setInterval(() => this.#write(), 60_000)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#write()
  }

  #write() {
    const moment = new Date(this.getAttribute("datetime"))
    if (Number.isNaN(moment.getTime())) return
    const text = formatTime(moment, this.getAttribute("format") ?? "datetime")
    if (this.textContent !== text) this.textContent = text
    const title = formatTime(moment, "datetime")
    if (this.title !== title) this.title = title
  }
}

keepsItsWords(LocalTime, ["title"])
customElements.define("local-time", LocalTime)
