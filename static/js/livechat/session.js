// The visitor's token: asked for when there is first something to say, kept by the shop's page,
// because a frame's own storage is not ours to count on.

export class Session {
  #address
  #token = null
  #asking = null
  #told

  // `told(token)` is called with each new token, and with null when one is dropped.
  constructor(address, told) {
    this.#address = address
    this.#told = told
  }

  get isKnown() {
    return Boolean(this.#token)
  }

  begin(token) {
    this.#token = typeof token === "string" ? token : null
  }

  renew(token) {
    this.#token = token
    this.#told(token)
  }

  forget() {
    this.#token = null
    this.#told(null)
  }

  async token() {
    if (this.#token) return this.#token
    this.#asking ??= this.#ask().finally(() => { this.#asking = null })
    return this.#asking
  }

  async #ask() {
    const response = await fetch(this.#address, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" }, credentials: "omit" })
    if (!response.ok) throw new Error(response.statusText)
    const { token } = await response.json()
    this.renew(token)
    return token
  }
}
