import { Controller } from "@hotwired/stimulus"
import * as echarts from "echarts"
import { chartOptions, spoken } from "models/chart_options"
import { colourOf } from "lib/colours"

/* A chart of the numbers in the JSON beside it. It follows the theme and the room it has; arrows go through its
   points and say them; it can be saved as a picture. */
export default class extends Controller {
  static targets = ["canvas", "spoken"]

  connect() {
    this.told = JSON.parse(this.element.querySelector("script[type='application/json']").textContent)
    this.place = -1
    this.chart = echarts.init(this.canvasTarget, null, { renderer: "canvas" })
    this.room = new ResizeObserver(() => this.#fit())
    this.room.observe(this.canvasTarget)
    this.theme = new MutationObserver(() => this.#draw())
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] })
    this.scheme = matchMedia("(prefers-color-scheme: dark)")
    this.scheme.addEventListener("change", this.#draw)
    this.#draw()
  }

  disconnect() {
    this.room.disconnect()
    this.theme.disconnect()
    this.scheme.removeEventListener("change", this.#draw)
    this.chart.dispose()
  }

  step(event) {
    const last = this.told.labels.length - 1
    const next = { ArrowLeft: this.place < 0 ? last : this.place - 1, ArrowRight: this.place + 1, Home: 0, End: last }[event.key]
    if (next === undefined) return
    event.preventDefault()
    this.place = Math.min(last, Math.max(0, next))
    this.chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: this.place })
    this.spokenTarget.textContent = spoken(this.told, this.place).replaceAll("\n", ", ")
  }

  save() {
    const link = document.createElement("a")
    link.href = this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colourOf("--surface") })
    link.download = `${this.told.title}.png`
    link.click()
  }

  #draw = () => {
    this.chart.setOption(chartOptions(this.told, this.canvasTarget.clientWidth), true)
    this.canvasTarget.dataset.drawn = "true"
  }

  #fit() {
    this.chart.resize()
    this.#draw()
  }
}
