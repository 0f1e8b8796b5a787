import { Controller } from "@hotwired/stimulus"
import { shownFile } from "lib/file_previews"

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/* What a message template looks like with its examples in place. The examples are one a line, in
   the order of the variables, or "name = example". */
export default class extends Controller {
  static targets = [
    "header", "file", "body", "footer", "buttons", "examples",
    "shownHeader", "shownFile", "shownBody", "shownFooter", "shownButtons",
  ]

  #file = null
  #address = ""

  connect() {
    this.show()
  }

  disconnect() {
    URL.revokeObjectURL(this.#address)
  }

  show() {
    const examples = this.#examples()
    this.#write(this.shownHeaderTarget, this.headerTarget.value)
    this.shownBodyTarget.textContent = this.bodyTarget.value.replace(VARIABLE, (whole, name) => examples.get(name) || whole)
    this.#write(this.shownFooterTarget, this.footerTarget.value)
    this.#showFile(this.fileTarget.files[0])
    this.shownButtonsTarget.replaceChildren(...this.#lines(this.buttonsTarget).map((line) => {
      const row = document.createElement("div")
      row.className = "message__keys"
      const key = row.appendChild(document.createElement("span"))
      key.className = "message__key"
      key.textContent = line.split("=")[0].trim()
      return row
    }))
  }

  #showFile(file) {
    if (file === this.#file) return
    URL.revokeObjectURL(this.#address)
    this.#file = file
    this.#address = file ? URL.createObjectURL(file) : ""
    this.shownFileTarget.hidden = !file
    this.shownFileTarget.replaceChildren(...(file ? [shownFile(file, this.#address)] : []))
  }

  #write(target, text) {
    target.textContent = text
    target.hidden = !text
  }

  #lines(target) {
    return target.value.split("\n").map((text) => text.trim()).filter(Boolean)
  }

  #examples() {
    const names = [...new Set([...this.bodyTarget.value.matchAll(VARIABLE)].map(([, name]) => name))]
    const found = new Map()
    const unnamed = []
    for (const line of this.#lines(this.examplesTarget)) {
      const [name, ...rest] = line.split("=")
      if (rest.length && names.includes(name.trim())) found.set(name.trim(), rest.join("=").trim())
      else unnamed.push(line)
    }
    for (const name of names.filter((one) => !found.has(one))) found.set(name, unnamed.shift())
    return found
  }
}
