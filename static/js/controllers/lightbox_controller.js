import { Controller } from "@hotwired/stimulus"

/* Shows a picture large. On a picture's link: lightbox#open finds the page's dialog; arrows go through
   the pictures of the thread. */
export default class extends Controller {
  static targets = ["image"]

  show({ detail: { link } }) {
    this.link = link
    this.imageTarget.src = link.href
    this.imageTarget.alt = link.querySelector("img")?.alt ?? ""
    if (!this.element.open) this.element.showModal()
  }

  previous() {
    this.#go(-1)
  }

  next() {
    this.#go(1)
  }

  backdrop({ target }) {
    if (target !== this.imageTarget) this.element.close()
  }

  #go(step) {
    const links = [...document.querySelectorAll(".thread a.picture, .thread a.album__item")]
    const link = links[links.indexOf(this.link) + step]
    if (link) this.show({ detail: { link } })
  }
}
