/* Turbo's confirmation, asked in our own dialog (templates/_confirm.html) instead of the browser's.

   <button data-turbo-confirm="Deactivate Boris?" data-confirm-text="His sessions end at once."> */

export function confirmInDialog(message, form, submitter) {
  const dialog = document.querySelector("#confirm")
  if (!dialog) return Promise.resolve(window.confirm(message))
  const { confirmText, confirmKind } = { ...form?.dataset, ...submitter?.dataset }
  const act = dialog.querySelector("[value=act]")

  dialog.querySelector(".dialog__title").textContent = message
  dialog.querySelector(".dialog__text").textContent = confirmText ?? ""
  act.textContent = submitter?.textContent.trim() || act.textContent
  act.classList.toggle("button--destroy", confirmKind !== "calm")
  act.classList.toggle("button--primary", confirmKind === "calm")
  dialog.returnValue = ""
  dialog.showModal()
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "act"), { once: true }))
}
