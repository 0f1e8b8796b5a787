// Small pieces of DOM. Text goes in as text; `html` was made and escaped by the server.

export function element(tag, { css, text, html, ...attributes } = {}, ...children) {
  const made = document.createElement(tag)
  if (css) made.className = css
  if (text !== undefined) made.textContent = text
  if (html !== undefined) made.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value)
  }
  made.append(...children.filter(Boolean))
  return made
}

export function byId(id) {
  return document.getElementById(id)
}
