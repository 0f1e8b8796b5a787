import { Controller } from "@hotwired/stimulus"

/* <span data-presence="<membership>"><span class="avatar"></span></span>: a dot that tells who is here. */
export default class extends Controller {
  /* live:presence */
  update({ detail: { members } }) {
    for (const [member, state] of Object.entries(members)) {
      for (const { classList } of this.element.querySelectorAll(`[data-presence="${member}"] > .avatar`)) {
        classList.toggle("avatar--online", state === "online")
        classList.toggle("avatar--away", state !== "online")
      }
    }
  }
}
