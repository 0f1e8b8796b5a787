import { Controller } from "@hotwired/stimulus"
import * as Turbo from "@hotwired/turbo"

const PAUSE = 200

/* The search over the funnel: asks for the view that is shown, with the filters that are on. */
export default class extends Controller {
  static targets = ["input"]

  disconnect() {
    clearTimeout(this.timer)
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#ask(), PAUSE)
  }

  now() {
    clearTimeout(this.timer)
    this.#ask()
  }

  submit(event) {
    event.preventDefault()
    this.now()
  }

  #ask() {
    const address = new URL(location.href)
    const text = this.inputTarget.value.trim()
    if ((address.searchParams.get("q") ?? "") === text) return
    if (text) address.searchParams.set("q", text)
    else address.searchParams.delete("q")
    address.searchParams.delete("page")
    Turbo.visit(address.href, { frame: "funnel", action: "replace" })
  }
}
