import { Controller } from "@hotwired/stimulus"
import { formatSize } from "lib/sizes"
import { toast, words } from "lib/toasts"
import { upload } from "models/upload"

/* Files that wait beside the text: chosen, pasted or dropped, uploaded at once, sent with the message. */
export default class extends Controller {
  static targets = ["list", "input"]
  static values = { url: String, max: Number }

  #files = new Map()

  disconnect() {
    this.clear()
  }

  choose() {
    this.inputTarget.click()
  }

  chosen() {
    this.#addAll(this.inputTarget.files)
    this.inputTarget.value = ""
  }

  paste(event) {
    const { files } = event.clipboardData
    if (!files.length) return
    event.preventDefault()
    this.#addAll(files)
  }

  over(event) {
    if (![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    event.currentTarget.classList.add("composer--over")
  }

  leave({ currentTarget, relatedTarget }) {
    if (!currentTarget.contains(relatedTarget)) currentTarget.classList.remove("composer--over")
  }

  drop(event) {
    event.preventDefault()
    event.currentTarget.classList.remove("composer--over")
    this.#addAll(event.dataTransfer.files)
  }

  /* The uploaded files as { id, name, size }; waits for those on their way, null if one failed. */
  async collect() {
    const entries = [...this.#files.values()]
    if (entries.some(({ failed }) => failed)) return null
    const results = await Promise.allSettled(entries.map(({ done }) => done))
    if (results.some(({ status }) => status === "rejected")) return null
    return results.map(({ value: { id, name, size } }) => ({ id, name, size }))
  }

  clear() {
    for (const row of [...this.#files.keys()]) this.#remove(row)
  }

  #addAll(files) {
    for (const file of files) this.#add(file)
  }

  #add(file) {
    if (this.maxValue && file.size > this.maxValue) {
      const limit = Math.floor(this.maxValue / (1024 * 1024))
      return toast(words("tooLarge", { name: file.name, limit }))
    }
    const row = this.#rowOf(file)
    const progress = row.querySelector("[data-progress]")
    const sending = upload(this.urlValue, file, (part) => { progress.value = part * 100 })
    const entry = { ...sending, failed: false }
    this.#files.set(row, entry)
    sending.done.then(
      () => { progress.hidden = true },
      (reason) => {
        entry.failed = true
        if (!this.#files.has(row)) return
        row.classList.add("draft-file--failed")
        progress.hidden = true
        toast(reason || words("notUploaded", { name: file.name }))
      },
    )
  }

  #rowOf(file) {
    const row = document.querySelector("#draft_file").content.firstElementChild.cloneNode(true)
    row.querySelector("[data-name]").textContent = file.name
    row.querySelector("[data-size]").textContent = formatSize(file.size)
    row.querySelector("[data-sign]").append(signOf(file))
    row.querySelector("[data-remove]").addEventListener("click", () => this.#remove(row))
    this.listTarget.append(row)
    return row
  }

  #remove(row) {
    this.#files.get(row)?.abort()
    this.#files.delete(row)
    const picture = row.querySelector("img")
    if (picture) URL.revokeObjectURL(picture.src)
    row.remove()
  }
}

function signOf(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return file.name.split(".").pop().slice(0, 4).toUpperCase()
  const picture = new Image()
  picture.alt = ""
  picture.src = URL.createObjectURL(file)
  return picture
}
