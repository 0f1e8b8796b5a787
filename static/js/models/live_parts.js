/* What the page shows, as far as the socket must know.

   [data-live-topic="conversation:<id>"]  what to follow
   [data-live-seq="123"]                  this part of the page was rendered as of that seq

   A part may appear at any time (a visit, a frame, the back button) and be older than what was
   applied since: then everything after its seq has to be told again. */

const SELECTOR = "[data-live-topic], [data-live-seq]"
const OBSERVED = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live-topic", "data-live-seq"] }

export class LiveParts {
  #observer
  #seen = new WeakMap()
  #topics = new Set()

  /* `changed({ topics, since })` whenever there is something to tell the server. `applied()` gives
     the last seq that the page has taken in. */
  constructor(changed, applied) {
    this.changed = changed
    this.applied = applied
    this.#observer = new MutationObserver(() => this.scan())
  }

  start() {
    this.#observer.observe(document.documentElement, OBSERVED)
    this.scan()
  }

  stop() {
    this.#observer.disconnect()
  }

  get topics() {
    return [...this.#topics]
  }

  scan() {
    const elements = [...document.querySelectorAll(SELECTOR)]
    const topics = new Set(elements.flatMap(({ dataset }) => dataset.liveTopic ?? []))
    const gained = [...topics].some((topic) => !this.#topics.has(topic))
    const differs = gained || topics.size !== this.#topics.size
    this.#topics = topics

    const seqs = this.#newSeqs(elements)
    const oldest = seqs.length ? Math.min(...seqs) : null
    const behind = oldest !== null && (gained || oldest < (this.applied() ?? Infinity))
    if (behind) this.changed({ topics: this.topics, since: oldest })
    else if (differs) this.changed({ topics: this.topics })
  }

  /* Before a page goes into Turbo's cache, say as of when it is: it was kept up to date till now. */
  stamp(seq, isStale) {
    for (const element of document.querySelectorAll("[data-live-seq]")) {
      if (!isStale(element)) element.dataset.liveSeq = seq
    }
  }

  #newSeqs(elements) {
    const fresh = []
    for (const element of elements) {
      const { liveSeq } = element.dataset
      if (!liveSeq || this.#seen.get(element) === liveSeq) continue
      this.#seen.set(element, liveSeq)
      fresh.push(Number(liveSeq))
    }
    return fresh
  }
}
