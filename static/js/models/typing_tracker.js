const FORGET = 6_000

/* Who is typing right now. `changed(people)` is called with [{ type, id, name }] at every change. */
export class TypingTracker {
  #changed
  #people = new Map()

  constructor(changed) {
    this.#changed = changed
  }

  add(who) {
    const known = this.#people.get(who.id)
    clearTimeout(known?.timer)
    this.#people.set(who.id, { who, timer: setTimeout(() => this.remove(who.id), FORGET) })
    if (!known) this.#tell()
  }

  /* At the latest when their message arrives. */
  remove(id) {
    clearTimeout(this.#people.get(id)?.timer)
    if (this.#people.delete(id)) this.#tell()
  }

  clear() {
    for (const id of [...this.#people.keys()]) this.remove(id)
  }

  #tell() {
    this.#changed([...this.#people.values()].map(({ who }) => who))
  }
}
