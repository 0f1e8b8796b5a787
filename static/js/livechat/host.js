// The shop's page around this frame. Only the origin that the server checked is heard and told.

export class Host {
  #origin
  #handlers

  constructor(origin, handlers) {
    this.#origin = origin
    this.#handlers = handlers
    addEventListener("message", (event) => this.#hear(event))
  }

  ready() {
    this.tell({ type: "ready" })
  }

  tell(message) {
    if (parent !== window) parent.postMessage(message, this.#origin)
  }

  #hear({ source, origin, data }) {
    if (source !== parent || origin !== this.#origin || !data || typeof data !== "object") return
    if (Object.hasOwn(this.#handlers, data.type)) this.#handlers[data.type](data)
  }
}
