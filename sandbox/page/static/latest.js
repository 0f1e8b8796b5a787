// Reads a state beside news that come in: what is shown is never older than what was heard.

export class Latest {
  #turn = 0
  #heard = 0

  hear() {
    this.#heard += 1
  }

  /* The state, read anew when something was heard meanwhile; null for whoever was overtaken. */
  async read(ask) {
    const turn = (this.#turn += 1)
    for (;;) {
      const heard = this.#heard
      const state = await ask()
      if (turn !== this.#turn) return null
      if (heard === this.#heard) return state
    }
  }
}
