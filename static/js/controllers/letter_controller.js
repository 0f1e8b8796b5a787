import { Controller } from "@hotwired/stimulus"

/* A whole letter in a frame that may run nothing and knows no log-in. It is fetched when it is
   opened; pictures from elsewhere only when somebody asks for them. */
export default class extends Controller {
  static targets = ["page", "pictures"]
  static values = { url: String }

  toggle() {
    if (this.element.open && !this.#frame) this.#show(this.urlValue)
  }

  showPictures() {
    this.picturesTarget.hidden = true
    this.#show(`${this.urlValue}?pictures=1`)
  }

  #show(address) {
    const frame = document.createElement("iframe")
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox")
    frame.referrerPolicy = "no-referrer"
    frame.title = this.pageTarget.dataset.title
    frame.className = "letter__frame"
    frame.src = address
    this.pageTarget.replaceChildren(frame)
  }

  get #frame() {
    return this.pageTarget.querySelector("iframe")
  }
}
