import { Controller } from "@hotwired/stimulus"

// A letter may be as long as a few screens; a longer one scrolls in its frame.
const LONGEST = 3000
// What is as high as its frame would grow without an end.
const MOST_CHANGES = 30

/* A whole letter in a frame that may run nothing. It is fetched when it is opened; pictures from
   elsewhere only when somebody asks for them. The frame is as long as what is in it. */
export default class extends Controller {
  static targets = ["page", "pictures"]
  static values = { url: String }

  #observer

  disconnect() {
    this.#observer?.disconnect()
  }

  toggle() {
    if (this.element.open && !this.#frame) this.#show(`${this.urlValue}?framed=1`)
  }

  showPictures() {
    this.picturesTarget.hidden = true
    this.#show(`${this.urlValue}?framed=1&pictures=1`)
  }

  #show(address) {
    const frame = document.createElement("iframe")
    // Never allow-scripts beside allow-same-origin: what runs here could do what the agent may.
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox allow-same-origin")
    frame.referrerPolicy = "no-referrer"
    frame.title = this.pageTarget.dataset.title
    frame.className = "letter__frame"
    frame.addEventListener("load", () => this.#follow(frame))
    frame.src = address
    this.pageTarget.replaceChildren(frame)
  }

  /* Pictures come later, and a narrower window makes lines of words longer. */
  #follow(frame) {
    const page = frame.contentDocument?.body
    if (!page) return
    let changes = 0
    let isNew = true
    let width = 0
    this.#observer?.disconnect()
    this.#observer = new ResizeObserver(() => {
      if (width !== frame.clientWidth) changes = 0
      width = frame.clientWidth
      if (!width || changes++ >= MOST_CHANGES) return
      this.#fit(frame)
      if (isNew) this.element.scrollIntoView({ block: "start" })
      isNew = false
    })
    this.#observer.observe(page)
  }

  #fit(frame) {
    const { documentElement: root } = frame.contentDocument
    const bar = frame.contentWindow.innerHeight - root.clientHeight
    const length = Math.ceil(root.getBoundingClientRect().height) + bar
    frame.style.blockSize = `${Math.min(length, LONGEST)}px`
  }

  get #frame() {
    return this.pageTarget.querySelector("iframe")
  }
}
