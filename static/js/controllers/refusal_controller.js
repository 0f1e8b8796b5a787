import { Controller } from "@hotwired/stimulus"

/* The form of a lost deal: each outcome has its own reasons. */
export default class extends Controller {
  static targets = ["stage", "reasons"]

  connect() {
    this.choose()
  }

  choose() {
    const stage = this.stageTargets.find((one) => one.checked || one.type === "hidden")?.value
    for (const reasons of this.reasonsTargets) {
      reasons.hidden = reasons.dataset.stage !== stage
      reasons.querySelector("select").disabled = reasons.hidden
    }
  }
}
