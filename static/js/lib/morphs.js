/* Elements that write their own words: a morph would put back the server's, which were written in
   its zone or a while ago. It may set their attributes, but for those that they write themselves. */

export function keepsItsWords(kind, own) {
  document.addEventListener("turbo:before-morph-element", (event) => {
    const { newElement } = event.detail
    if (!(event.target instanceof kind) || !newElement) return
    event.preventDefault()
    for (const { name, value } of newElement.attributes) if (!own.includes(name)) event.target.setAttribute(name, value)
  })
}
