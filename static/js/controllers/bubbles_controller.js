import { Controller } from "@hotwired/stimulus"
import { words } from "lib/toasts"
import { outbox } from "models/outbox"
import { clearTrouble } from "models/pending_message"

/* What can be done with one message. */
export default class extends Controller {
  /* Dispatches bubbles:reply with { id, name, text }. */
  reply({ currentTarget }) {
    const bubble = currentTarget.closest(".message")
    const author = bubble.querySelector(".message__author")?.textContent.trim()
    const customer = document.querySelector(".thread-head .pane__title")?.textContent
    const detail = {
      id: bubble.dataset.message,
      name: author || (bubble.dataset.direction === "incoming" ? customer : ""),
      text: bubble.querySelector(".message__text, .file__name")?.textContent.trim() || words("photo"),
    }
    if (detail.id) this.dispatch("reply", { detail })
  }

  /* On touch screens a tap shows what a pointer finds by hovering. */
  tap({ target, currentTarget }) {
    if (target.closest("a, button, audio, video, svg") || !matchMedia("(pointer: coarse)").matches) return
    const bubble = target.closest(".message")
    for (const other of currentTarget.querySelectorAll(".message--active")) if (other !== bubble) other.classList.remove("message--active")
    bubble?.classList.toggle("message--active")
  }

  /* To the message that a quote quotes. */
  jumpTo({ currentTarget }) {
    const target = document.getElementById(currentTarget.hash.slice(1))
    target?.scrollIntoView({ block: "center", behavior: "smooth" })
    target?.classList.add("message--found")
    target?.addEventListener("animationend", () => target.classList.remove("message--found"), { once: true })
  }

  enlarge({ currentTarget }) {
    document.dispatchEvent(new CustomEvent("lightbox:show", { detail: { link: currentTarget } }))
  }

  /* The way out of trouble with a message that has not left the browser. */
  settle({ target }) {
    const act = target.dataset.outbox
    if (!act) return
    const bubble = target.closest(".message")
    const id = bubble.id.replace("message_", "")
    clearTrouble(bubble)
    if (act === "retry") outbox.retry(id)
    else {
      outbox.discard(id)
      bubble.remove()
    }
  }
}
