/* <waiting-clock since="..." promised="600" risk-at="0.7"><svg/><span data-time></span></waiting-clock>

   How long a customer has waited for a reply; amber when the promise is at risk, red when broken.
   The twin of waiting_clock in inbox/templatetags/clocks.py. */

import { Current } from "lib/current"
import { keepsItsWords } from "lib/morphs"

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]]

class WaitingClock extends HTMLElement {
  static observedAttributes = ["since"]
  #timer

  connectedCallback() {
    this.#write()
    this.#timer = setInterval(() => this.#write(), 15_000)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#write()
  }

  #write() {
    const passed = Math.max(0, (Date.now() - Date.parse(this.getAttribute("since"))) / 1000)
    const promised = Number(this.getAttribute("promised"))
    const isLate = passed >= promised
    const isAtRisk = !isLate && passed >= promised * Number(this.getAttribute("risk-at"))
    this.classList.toggle("clock--late", isLate)
    this.classList.toggle("clock--risk", isAtRisk)
    const words = isLate ? this.dataset.late : isAtRisk ? this.dataset.risk : this.dataset.calm
    this.title = words
    const hidden = this.querySelector(".visually-hidden")
    if (hidden) hidden.textContent = `${words}: `
    const time = this.querySelector("[data-time]")
    if (time) time.textContent = duration(passed)
  }
}

function duration(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS.at(-1)
  const options = { style: "unit", unit, unitDisplay: "short" }
  return new Intl.NumberFormat(Current.language, options).format(Math.floor(seconds / size))
}

keepsItsWords(WaitingClock, ["class", "title"])
customElements.define("waiting-clock", WaitingClock)
