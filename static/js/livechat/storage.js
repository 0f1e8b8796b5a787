// What this frame remembers between pages. Where the browser allows none, it lasts for the page.

const memory = new Map()

export function remember(name, value) {
  const text = value === null ? null : JSON.stringify(value)
  if (text === null) memory.delete(name)
  else memory.set(name, text)
  try {
    if (text === null) localStorage.removeItem(name)
    else localStorage.setItem(name, text)
  } catch { /* private mode, or full */ }
}

export function recall(name) {
  let text = memory.get(name) ?? null
  try {
    text = localStorage.getItem(name) ?? text
  } catch { /* private mode */ }
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

export function names(prefix) {
  const found = new Set(memory.keys())
  try {
    for (let index = 0; index < localStorage.length; index++) found.add(localStorage.key(index))
  } catch { /* private mode */ }
  return [...found].filter((name) => name.startsWith(prefix))
}
