import { Controller } from "@hotwired/stimulus"
import { passwordStrength } from "lib/password_strength"

/* A meter under a new password. Its words come from the page: data-password-strength-weak-value="Weak." and so on. */
export default class extends Controller {
  static targets = ["meter", "hint"]
  static values = { weak: String, fair: String, good: String }

  connect() {
    this.measure()
  }

  measure() {
    const password = this.element.querySelector("input").value
    const strength = passwordStrength(password)
    const level = strength < 34 ? 0 : strength < 67 ? 1 : 2
    this.meterTarget.value = strength
    this.meterTarget.classList.toggle("meter--danger", level === 0)
    this.meterTarget.classList.toggle("meter--warning", level === 1)
    this.meterTarget.classList.toggle("meter--good", level === 2)
    this.hintTarget.textContent = password ? [this.weakValue, this.fairValue, this.goodValue][level] : ""
  }
}
