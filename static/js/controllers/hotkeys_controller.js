import { Controller } from "@hotwired/stimulus"
import { controllersUnderway } from "lib/loading"

/* <button data-hotkey="e" data-hotkey-name="Close the conversation">: the key clicks the button.

   Letters are told by their place on the keyboard, so that they work in a Russian layout too. The
   help lists whatever keys the page has. */
export default class extends Controller {
  static targets = ["dialog", "list"]

  connect() {
    this.element.removeAttribute("aria-busy") // until now keys went nowhere
  }

  async press(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey) return
    const key = keyOf(event)
    if (!key || (!key.startsWith("ctrl+") && isTyping(event.target))) return
    if (document.querySelector("dialog[open], [popover]:popover-open")) return
    let element = buttonOf(key)
    if (!element && !(this.isWaiting && key.length === 1)) return
    event.preventDefault()
    // What is typed after a key that still waits is meant for the field that it will open.
    if (this.isWaiting) return
    this.isWaiting = true
    try {
      // A conversation that is on its way: the key is for it, not for the one that it replaces.
      const frame = element.closest("turbo-frame[busy]:not([data-live-changed])")
      if (frame) {
        await frame.loaded.catch(() => {}) // overtaken by another one
        element = buttonOf(key)
      }
      // A key that is faster than the script behind its button waits for it.
      if (controllersUnderway()) await controllersUnderway()
    } finally {
      this.isWaiting = false
    }
    if (element?.matches("input")) element.select()
    else element?.click()
  }

  help() {
    const known = new Map()
    for (const { dataset } of document.querySelectorAll("[data-hotkey]")) known.set(dataset.hotkey, dataset.hotkeyName)
    this.listTarget.replaceChildren(...[...known].flatMap(([key, name]) => describe(key, name)))
    this.dialogTarget.showModal()
  }
}

function buttonOf(key) {
  const found = document.querySelectorAll(`[data-hotkey="${CSS.escape(key)}"]`)
  return [...found].find((one) => !one.disabled && !one.closest("[data-wall]"))
}

function keyOf({ code, key, ctrlKey, metaKey, shiftKey }) {
  if (key === "?" || (code === "Slash" && shiftKey)) return "?"
  if (key === "/" || code === "Slash") return "/"
  const letter = code.startsWith("Key") ? code.slice(3).toLowerCase() : null
  if (!letter) return null
  if (ctrlKey || metaKey) return shiftKey ? null : `ctrl+${letter}`
  return shiftKey ? null : letter
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]")
}

function describe(key, name) {
  const term = document.createElement("dt")
  for (const part of key.split("+")) {
    const cap = document.createElement("kbd")
    cap.textContent = part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)
    term.append(cap, " ")
  }
  const words = document.createElement("dd")
  words.textContent = name
  return [term, words]
}
