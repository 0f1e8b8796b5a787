/* Finds our modules in the page's import map and loads those that the page uses. */

const names = Object.keys(JSON.parse(document.querySelector("script[type=importmap]").textContent).imports)

const underway = new Set()

/* Waits for the controllers that this page has asked for; null when all of them are here. */
export function controllersUnderway() {
  return underway.size ? Promise.allSettled(underway) : null
}

export function loadElements() {
  for (const name of names) if (name.startsWith("elements/")) import(name)
}

export function loadControllers(application) {
  const modules = new Map(names.filter((name) => /^controllers\/.+_controller$/.test(name)).map((name) => [identifierOf(name), name]))

  const loadIn = (root) => {
    for (const element of [root, ...root.querySelectorAll("[data-controller]")]) {
      for (const identifier of (element.dataset?.controller ?? "").split(/\s+/)) load(identifier)
    }
  }

  const load = async (identifier) => {
    const name = modules.get(identifier)
    if (!name) return
    modules.delete(identifier)
    const loading = import(name).then((module) => application.register(identifier, module.default))
    underway.add(loading)
    await loading.finally(() => underway.delete(loading))
  }

  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") loadIn(target)
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) loadIn(node)
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-controller"] })
  loadIn(document.documentElement)
}

function identifierOf(name) {
  return name.replace(/^controllers\//, "").replace(/_controller$/, "").replaceAll("_", "-").replaceAll("/", "--")
}
