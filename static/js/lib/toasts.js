/* A short word at the bottom of the screen, from <template id="plain_toast">. */

export function toast(text) {
  const template = document.querySelector("#plain_toast")
  const toasts = document.querySelector("#toasts")
  if (!template || !toasts || !text) return
  const element = template.content.firstElementChild.cloneNode(true)
  element.querySelector("span").textContent = text
  toasts.append(element)
}

/* Sentences that Django wrote on the page: words("tooLarge", { name, limit }). */
export function words(name, values = {}) {
  const text = document.querySelector("#inbox_words")?.dataset[name] ?? ""
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole)
}
