import { Controller } from "@hotwired/stimulus"
import { loudness } from "models/loudness"

const BARS = 30
const SVG = "http://www.w3.org/2000/svg"

/* A voice message: play, pause, seek; its real shape is drawn once it has been fetched. */
export default class extends Controller {
  static targets = ["audio", "button", "wave", "time"]
  static values = { duration: Number }

  connect() {
    this.#draw(Array(BARS).fill(0.12))
  }

  toggle() {
    if (this.audioTarget.paused) this.#play()
    else this.audioTarget.pause()
  }

  seek({ offsetX }) {
    if (!this.#length) return
    this.audioTarget.currentTime = (offsetX / this.waveTarget.clientWidth) * this.#length
    this.tick()
  }

  start() {
    this.buttonTarget.setAttribute("aria-pressed", "true")
  }

  stop() {
    this.buttonTarget.setAttribute("aria-pressed", "false")
    if (this.audioTarget.ended) this.tick()
  }

  fail() {
    this.element.classList.add("voice--broken")
  }

  tick() {
    const { currentTime, ended } = this.audioTarget
    const part = ended ? 0 : currentTime / this.#length
    this.waveTarget.childNodes.forEach((bar, index) => bar.classList.toggle("done", index / BARS < part))
    const shown = Math.round(currentTime > 0 && !ended ? currentTime : this.#length)
    this.timeTarget.textContent = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`
  }

  async #play() {
    for (const other of document.querySelectorAll("audio, video")) if (other !== this.audioTarget) other.pause()
    await this.audioTarget.play().catch(() => this.fail())
    this.shape ??= loudness(this.audioTarget.src, BARS).then((levels) => this.#draw(levels), () => {})
  }

  #draw(levels) {
    this.waveTarget.replaceChildren(...levels.map((level, index) => {
      const height = 4 + level * 18
      const bar = document.createElementNS(SVG, "rect")
      for (const [name, value] of Object.entries({ x: index * 4, y: 12 - height / 2, width: 2, height, rx: 1, fill: "currentColor" })) bar.setAttribute(name, value)
      return bar
    }))
    if (this.audioTarget.currentTime) this.tick()
  }

  get #length() {
    return Number.isFinite(this.audioTarget.duration) ? this.audioTarget.duration : this.durationValue
  }
}
