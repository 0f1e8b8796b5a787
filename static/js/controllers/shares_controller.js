import { Controller } from "@hotwired/stimulus"

const WHOLE = 100

/* Shares of versions: their sum is told at once, and a new version gets an equal one. */
export default class extends Controller {
  static targets = ["share", "letter", "sum"]

  connect() {
    this.show()
  }

  divide() {
    const count = this.shareTargets.length
    const rest = WHOLE % count
    for (const [number, share] of this.shareTargets.entries()) share.value = Math.floor(WHOLE / count) + (number < rest ? 1 : 0)
    this.show()
  }

  show() {
    for (const [number, letter] of this.letterTargets.entries()) letter.textContent = String.fromCodePoint(65 + number)
    const sum = this.shareTargets.reduce((known, { value }) => known + (Number(value) || 0), 0)
    this.sumTarget.textContent = this.sumTarget.dataset.words.replace("{sum}", sum)
    this.sumTarget.classList.toggle("danger", sum !== WHOLE)
    this.sumTarget.classList.toggle("faint", sum === WHOLE)
  }
}
