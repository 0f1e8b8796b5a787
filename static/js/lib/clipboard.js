/* Puts a text into the clipboard, also on pages without https, which are not given navigator.clipboard. */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const before = document.activeElement
  const field = document.createElement("textarea")
  field.value = text
  field.readOnly = true
  field.className = "visually-hidden"
  // A modal dialog lets nothing outside of it be chosen.
  const place = document.querySelector("dialog:modal") ?? document.body
  place.append(field)
  field.select()
  const isDone = document.execCommand("copy")
  field.remove()
  before?.focus({ preventScroll: true })
  if (!isDone) throw new Error("The text could not be copied.")
}
