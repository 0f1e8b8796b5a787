// The switches that make the stand-in misbehave.

import { words } from "./api.js"

const find = (id) => document.getElementById(id)

export class Troubles {
  constructor(phone) {
    this.phone = phone
    find("fault").addEventListener("submit", (event) => {
      event.preventDefault()
      const count = find("fault-count").value
      this.#set({ kind: find("fault-kind").value, count: count ? Number(count) : null, seconds: 40 })
    })
    find("heal").addEventListener("click", () => this.#set(undefined, "DELETE"))
    find("twice").addEventListener("change", (event) => this.#set({ deliver_twice: event.target.checked }))
    find("shuffle").addEventListener("change", (event) => this.#set({ shuffle: event.target.checked }))
  }

  show({ calls, deliver_twice: twice, shuffle }) {
    find("twice").checked = twice
    find("shuffle").checked = shuffle
    const names = calls.map(({ kind, count }) => {
      const name = words[kind === "blocked" ? "blocked_fault" : kind]
      return `${name} (${count ?? words.until_cleared})`
    })
    find("active").textContent = names.join("; ") || words.none
  }

  #set(facts, method) {
    this.phone.attempt(async (bot) => this.show(await bot.call("faults", facts, method)))
  }
}
