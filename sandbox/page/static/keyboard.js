// The keyboard that a bot puts in place of the customer's own.

import { find } from "./nodes.js"

export class Keyboard {
  constructor(press) {
    this.press = press
    find("keyboard").addEventListener("click", (event) => {
      const button = event.target.closest("button")
      if (button) this.press(JSON.parse(button.dataset.key))
    })
  }

  show(markup) {
    const rows = (markup?.keyboard ?? []).map((row) => {
      const line = document.createElement("div")
      line.append(...row.map((key) => this.#button(typeof key === "string" ? { text: key } : key)))
      return line
    })
    find("keyboard").replaceChildren(...rows)
    find("keyboard").hidden = !rows.length
  }

  #button(key) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = key.text
    button.dataset.key = JSON.stringify(key)
    return button
  }
}
