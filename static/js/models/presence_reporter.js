const IDLE = 5 * 60_000
const SIGNS = ["pointerdown", "keydown", "wheel"]

/* "online" while the page is looked at and worked with, "away" five minutes after that ends. */
export class PresenceReporter {
  #report
  #timer
  #state = "online"

  constructor(report) {
    this.#report = report
  }

  get state() {
    return this.#state
  }

  start() {
    for (const sign of SIGNS) document.addEventListener(sign, this.#active, { capture: true, passive: true })
    document.addEventListener("visibilitychange", this.#active)
    this.#active()
  }

  stop() {
    for (const sign of SIGNS) document.removeEventListener(sign, this.#active, { capture: true })
    document.removeEventListener("visibilitychange", this.#active)
    clearTimeout(this.#timer)
  }

  #active = () => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#become("away"), IDLE)
    if (!document.hidden) this.#become("online")
  }

  #become(state) {
    if (state === this.#state) return
    this.#state = state
    this.#report(state)
  }
}
