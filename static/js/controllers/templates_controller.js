import { Controller } from "@hotwired/stimulus"
import { shownFile } from "lib/file_previews"
import { toast, words } from "lib/toasts"
import { upload } from "models/upload"

/* The dialog in which a template is chosen, filled in and sent. */
export default class extends Controller {
  static targets = ["dialog", "frame", "option", "nothing", "form", "attachment", "fileName", "media"]
  static values = { uploads: String }

  #chosen = null // the file of the header, as { form: its address, file, address, sending, id }

  disconnect() {
    this.#forget()
  }

  open() {
    if (!this.hasDialogTarget || this.dialogTarget.open) return
    const { src } = this.frameTarget.dataset
    if (this.frameTarget.src && new URL(this.frameTarget.src).pathname === new URL(src, location.href).pathname) this.frameTarget.reload()
    else this.frameTarget.src = src
    this.dialogTarget.showModal()
  }

  close() {
    this.dialogTarget.close()
  }

  closed() {
    this.#forget()
  }

  backdrop({ target }) {
    if (target === this.dialogTarget) this.close()
  }

  /* "/" as the first sign of a reply. */
  slash(event) {
    if (event.key !== "/" || event.isComposing || event.target.value || this.#isNote) return
    if (!this.hasDialogTarget) return
    event.preventDefault()
    this.open()
  }

  filter({ target }) {
    const wanted = target.value.trim().toLocaleLowerCase()
    for (const option of this.optionTargets) option.hidden = !option.dataset.words.includes(wanted)
    this.nothingTarget.hidden = this.#shown.length > 0
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault()
      this.#shown[0]?.click()
    }
    if (!step) return
    event.preventDefault()
    const options = this.#shown
    options[Math.max(0, Math.min(options.indexOf(document.activeElement) + step, options.length - 1))]?.focus()
  }

  formTargetConnected() {
    this.fill()
    // A form that was refused comes anew, and asks for no file twice.
    if (this.#chosen?.form === this.formTarget.action) this.#showChosen()
    else this.#forget()
  }

  /* Show in the preview what is typed. */
  fill() {
    for (const place of this.formTarget.querySelectorAll("[data-variable]")) {
      place.sign ??= place.textContent
      const field = this.formTarget.elements[place.dataset.variable]
      place.textContent = field?.value.trim() || place.sign
    }
  }

  async upload({ target }) {
    const [file] = target.files
    if (!file) return
    this.#forget()
    const chosen = { form: this.formTarget.action, file, address: URL.createObjectURL(file), id: "" }
    this.#chosen = chosen
    this.#showChosen()
    const { done, abort } = upload(this.uploadsValue, file, () => {})
    Object.assign(chosen, { sending: done, abort })
    try {
      chosen.id = (await done).id
    } catch (reason) {
      if (this.#chosen === chosen) toast(reason || words("notUploaded", { name: file.name }))
    }
    chosen.sending = null
    if (this.#chosen === chosen) this.attachmentTarget.value = chosen.id
  }

  /* Wait for the file that is on its way. */
  async submit(event) {
    if (!this.#chosen?.sending) return
    event.preventDefault()
    event.stopPropagation()
    const form = this.formTarget
    const arrived = await this.#chosen.sending.catch(() => null)
    if (!arrived || !form.isConnected) return
    this.attachmentTarget.value = arrived.id
    form.requestSubmit()
  }

  sent({ target, detail }) {
    if (detail.success && target === this.formTarget) this.close()
  }

  /* The name, and in the preview what the customer will see. */
  #showChosen() {
    const { file, address, id } = this.#chosen
    this.fileNameTarget.textContent = file.name
    this.attachmentTarget.value = id
    this.mediaTarget.replaceChildren(shownFile(file, address))
  }

  #forget() {
    if (!this.#chosen) return
    if (this.#chosen.sending) this.#chosen.abort()
    URL.revokeObjectURL(this.#chosen.address)
    this.#chosen = null
  }

  get #shown() {
    return this.optionTargets.filter((option) => !option.hidden)
  }

  get #isNote() {
    return Boolean(this.element.querySelector(".composer--note"))
  }
}
