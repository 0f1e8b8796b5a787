const SHORTEST = 100
const LONGEST = 10_000
// What may be loaded before pauses grow, ms of loading, and what a load counts at least.
const BURST = 2000
const LEAST = 125
const PATIENCE = 10_000

const patiently = (promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
const answered = (frame) => new Promise((resolve) => frame.addEventListener("turbo:submit-end", resolve, { once: true }))

/* Reloads <turbo-frame src data-live-changed="conversations counters"> when such a thing has changed.

   The first few at once: what somebody does brings several news within a moment, and each is to be
   seen. What goes on is loaded at most twice a second, less often where the server takes long: a
   frame spends a fifth of its time loading at most. A hidden page waits until it is looked at.
   data-live-delay (ms) waits before each: for what is counted a moment after it happened. */
export class FrameReloader {
  #frames = new WeakMap()
  #waiting = new Set()

  changed(names) {
    for (const frame of document.querySelectorAll("turbo-frame[data-live-changed]")) {
      const wanted = frame.dataset.liveChanged.split(/\s+/)
      if (frame.src && names.some((name) => wanted.includes(name))) this.#want(frame)
    }
  }

  /* turbo:before-frame-render: what it shows may be somebody else's by now, with other names */
  rename({ target, detail: { newFrame } }) {
    const { liveChanged } = newFrame.dataset
    if (liveChanged && target.dataset.liveChanged) target.dataset.liveChanged = liveChanged
  }

  /* Whether the element lies in a frame that shows something old. */
  isStale(element) {
    const frame = element.closest("turbo-frame[data-live-changed]")
    const state = frame && this.#frames.get(frame)
    return Boolean(state && (state.timer || state.running)) || this.#waiting.has(frame)
  }

  wake() {
    const frames = [...this.#waiting]
    this.#waiting.clear()
    for (const frame of frames) if (frame.isConnected) this.#want(frame)
  }

  #want(frame) {
    if (document.hidden) {
      this.#waiting.add(frame)
      return
    }
    if (!this.#frames.has(frame)) this.#frames.set(frame, { endedAt: -Infinity, spent: 0 })
    const state = this.#frames.get(frame)
    if (state.running) state.again = true
    if (state.running || state.timer) return
    const pause = Math.min(LONGEST, Math.max(SHORTEST, 4 * (state.spent - BURST)))
    const delay = Number(frame.dataset.liveDelay ?? 0)
    state.timer = setTimeout(() => this.#reload(frame, state), Math.max(delay, state.endedAt + pause - performance.now()))
  }

  async #reload(frame, state) {
    state.timer = null
    if (!frame.isConnected) return
    const startedAt = performance.now()
    // Rest pays back what loading took, four times as slowly.
    state.spent = Math.max(0, state.spent - (startedAt - state.endedAt) / 4)
    state.running = true
    try {
      // Somebody clicked, or the page has just been opened: what is on its way may be older than the change.
      if (frame.hasAttribute("busy")) await patiently(frame.loaded)
      // The answer to what is being sent may lead the frame elsewhere: that is what is loaded again.
      if (frame.querySelector("form[aria-busy=true]")) await patiently(answered(frame))
      state.again = false
      // What a link in the frame once did to the address is done: a reload is no visit.
      frame.delegate.proposeVisitIfNavigatedWithAction(frame)
      await patiently(frame.reload())
    } catch (error) {
      // Somebody clicked meanwhile: their page overtakes ours.
      if (error.name !== "AbortError") throw error
    } finally {
      state.running = false
      state.endedAt = performance.now()
      state.spent += Math.max(LEAST, state.endedAt - startedAt)
      if (state.again) this.#want(frame)
    }
  }
}
