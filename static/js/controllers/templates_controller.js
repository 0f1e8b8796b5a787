import { Controller } from "@hotwired/stimulus"
import { toast, words } from "lib/toasts"
import { upload } from "models/upload"

/* The dialog in which a template is chosen, filled in and sent. */
export default class extends Controller {
  static targets = ["dialog", "frame", "option", "nothing", "form", "attachment", "fileName"]
  static values = { uploads: String }

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
    this.sending = null
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
    this.fileNameTarget.textContent = file.name
    this.attachmentTarget.value = ""
    this.sending = upload(this.uploadsValue, file, () => {}).done
    try {
      this.attachmentTarget.value = (await this.sending).id
    } catch (reason) {
      toast(reason || words("notUploaded", { name: file.name }))
    }
  }

  /* Wait for the file that is on its way. */
  async submit(event) {
    if (!this.sending || this.attachmentTarget.value) return
    event.preventDefault()
    event.stopPropagation()
    const form = this.formTarget
    const arrived = await this.sending.catch(() => null)
    this.sending = null
    if (arrived) form.requestSubmit()
  }

  sent({ target, detail }) {
    if (detail.success && target === this.formTarget) this.close()
  }

  get #shown() {
    return this.optionTargets.filter((option) => !option.hidden)
  }

  get #isNote() {
    return Boolean(this.element.querySelector(".composer--note"))
  }
}
