/* The scroll of a thread that grows from its bottom (column-reverse: 0 is the end, above is below 0). */

const NEAR = 48

export class ScrollKeeper {
  #element

  constructor(element) {
    this.#element = element
  }

  get isAtBottom() {
    return Math.abs(this.#element.scrollTop) < NEAR
  }

  toBottom({ smooth = false } = {}) {
    this.#element.scrollTo({ top: 0, behavior: smooth ? "smooth" : "instant" })
  }

  /* Bring an item near the top, unless all after it fits on the screen anyway. */
  show(item) {
    const box = this.#element.getBoundingClientRect()
    const top = item.getBoundingClientRect().top - box.top
    if (top < 0) this.#element.scrollBy({ top: top - box.height / 4, behavior: "instant" })
  }
}
