// Files in a message. Their addresses are good for ten minutes; an old one is asked for anew when
// somebody is about to use it.

import { byId, element } from "livechat/elements"
import { say, size } from "livechat/words"

const FRESH = 8 * 60_000
const TALLEST = 240

export class Attachments {
  #ask
  #told = new Map() // id -> when its address was told

  // `ask(id)` asks for a fresh address; it comes to `refresh`.
  constructor(ask) {
    this.#ask = ask
  }

  draw(file) {
    if (file.url) this.#told.set(file.id, Date.now())
    const drawn = this.#drawing(file)
    drawn.dataset.file = file.id ?? ""
    for (const name of ["pointerenter", "focusin"]) drawn.addEventListener(name, () => this.#renew(file.id))
    return drawn
  }

  refresh(id, url) {
    this.#told.set(id, Date.now())
    for (const drawn of document.querySelectorAll(`[data-file="${CSS.escape(id)}"]`)) {
      if (drawn.href) drawn.href = url
      const media = drawn.matches("video, audio") ? drawn : drawn.querySelector("img")
      if (media) media.src = url
    }
  }

  #renew(id) {
    const told = this.#told.get(id)
    if (told && Date.now() - told > FRESH) {
      this.#told.set(id, Date.now())
      this.#ask(id)
    }
  }

  #drawing(file) {
    if (file.kind === "image" && (file.url || file.preview)) return this.#picture(file)
    if (file.kind === "video" && file.url) return element("video", { css: "chat__media", src: file.url, controls: true, preload: "metadata" })
    if (["audio", "voice"].includes(file.kind) && file.url) return element("audio", { css: "chat__media", src: file.url, controls: true, preload: "metadata" })
    return this.#link(file)
  }

  #picture(file) {
    const name = file.name || say("image")
    const image = element("img", { src: file.url || file.preview, alt: name, loading: "lazy", ...fit(file) })
    // Once: an address that has run out while nobody looked.
    image.addEventListener("error", () => file.url && this.#ask(file.id), { once: true })
    if (!file.url) return element("span", { css: "chat__picture" }, image)
    return element("a", { css: "chat__picture", href: file.url, target: "_blank", rel: "noopener" }, image)
  }

  #link(file) {
    const sign = byId("file_sign").content.cloneNode(true)
    const about = element("span", {}, element("b", { text: file.name || say("image") }), element("small", { text: file.size ? size(file.size) : "" }))
    const tag = file.url ? "a" : "span"
    return element(tag, { css: "chat__file", href: file.url, target: file.url && "_blank", rel: file.url && "noopener", download: Boolean(file.url) }, sign, about)
  }
}

function fit({ width, height }) {
  if (!width || !height) return {}
  const scale = Math.min(1, TALLEST / height, TALLEST / width)
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
