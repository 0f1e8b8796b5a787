import { Controller } from "@hotwired/stimulus"

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/* What a message template looks like with its examples in place. The examples are one a line, in
   the order of the variables, or "name = example". */
export default class extends Controller {
  static targets = ["header", "body", "footer", "examples", "shownHeader", "shownBody", "shownFooter"]

  connect() {
    this.show()
  }

  show() {
    const examples = this.#examples()
    this.shownHeaderTarget.textContent = this.headerTarget.value
    this.shownBodyTarget.textContent = this.bodyTarget.value.replace(VARIABLE, (whole, name) => examples.get(name) || whole)
    this.shownFooterTarget.textContent = this.footerTarget.value
  }

  #examples() {
    const names = [...new Set([...this.bodyTarget.value.matchAll(VARIABLE)].map(([, name]) => name))]
    const found = new Map()
    const unnamed = []
    for (const line of this.examplesTarget.value.split("\n").map((text) => text.trim()).filter(Boolean)) {
      const [name, ...rest] = line.split("=")
      if (rest.length && names.includes(name.trim())) found.set(name.trim(), rest.join("=").trim())
      else unnamed.push(line)
    }
    for (const name of names.filter((one) => !found.has(one))) found.set(name, unnamed.shift())
    return found
  }
}
