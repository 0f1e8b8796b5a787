/* <window-clock closes="2026-11-23T12:00:00Z" hours="24"><svg>…data-ring…</svg><b data-time></b></window-clock>

   How long a platform still lets us write freely. When the time is up its Turbo frame is asked anew.
   The twin of window_clock in inbox/templatetags/windows.py. */

import { Current } from "lib/current"

const LENGTH = 47.1 // of the ring's line
const LONGEST_TIMER = 30_000

class WindowClock extends HTMLElement {
  static observedAttributes = ["closes"]
  #timer

  connectedCallback() {
    this.#write()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#write()
  }

  #write() {
    clearTimeout(this.#timer)
    const left = Date.parse(this.getAttribute("closes")) - Date.now()
    if (left <= 0) return this.#end()
    const time = this.querySelector("[data-time]")
    if (time) time.textContent = duration(left)
    const part = Math.min(1, left / (Number(this.getAttribute("hours")) * 3_600_000))
    this.querySelector("[data-ring]")?.setAttribute("stroke-dasharray", `${(part * LENGTH).toFixed(1)} ${LENGTH}`)
    this.#timer = setTimeout(() => this.#write(), Math.min(LONGEST_TIMER, left))
  }

  // The server's clock decides, and may be a moment behind ours.
  #end() {
    this.#timer = setTimeout(() => {
      const frame = this.closest("turbo-frame")
      if (!frame) return
      if (frame.src) frame.reload()
      else frame.src = frame.dataset.renderedFrameSrcValue
    }, 1_000)
  }
}

function duration(milliseconds) {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000))
  const parts = [["hour", Math.floor(minutes / 60)], ["minute", minutes % 60]]
  const shown = parts.filter(([unit, count]) => count > 0 || (unit === "minute" && minutes < 60))
  return shown.map(([unit, count]) => new Intl.NumberFormat(Current.language, { style: "unit", unit, unitDisplay: "short" }).format(count)).join("\u00a0")
}

customElements.define("window-clock", WindowClock)
