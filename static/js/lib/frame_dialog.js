/* A dialog whose content is a frame: fetched as it opens, gone as its form has served. Without `src` the
   frame is filled already. */

export function openDialog(dialog, src) {
  const frame = dialog?.querySelector("turbo-frame")
  if (!frame) return
  if (src) {
    frame.replaceChildren()
    frame.removeAttribute("src")
    frame.src = src
  }
  if (!dialog.dataset.serves) {
    dialog.dataset.serves = "true"
    dialog.addEventListener("turbo:submit-end", ({ detail }) => detail.success && dialog.close())
  }
  if (!dialog.open) dialog.showModal()
}
