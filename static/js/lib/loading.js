/* Finds our modules in the page's import map and loads those that the page uses. */

const names = Object.keys(JSON.parse(document.querySelector("script[type=importmap]").textContent).imports)

const underway = new Map()

/* Waits for the controllers that this page has asked for; null when all of them are here. */
export function controllersUnderway() {
  return underway.size ? Promise.allSettled(underway.values()) : null
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
    underway.set(identifier, loading)
    await loading.finally(() => underway.delete(identifier))
  }

  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") loadIn(target)
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) loadIn(node)
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-controller"] })
  loadIn(document.documentElement)
  addEventListener("change", letWait, true)
  addEventListener("input", letWait, true)
}

/* What somebody types or changes before a controller that acts on it is here would be heard by
   nobody: the event waits for it, and is then told to all. */
async function letWait(event) {
  const awaited = [...actorsOn(event.target)].flatMap((identifier) => underway.get(identifier) ?? [])
  if (!awaited.length) return
  event.stopImmediatePropagation()
  await Promise.allSettled(awaited)
  event.target.dispatchEvent(new Event(event.type, { bubbles: true }))
}

function* actorsOn(target) {
  for (let element = target; element; element = element.parentElement) {
    for (const [, identifier] of (element.dataset?.action ?? "").matchAll(/([\w-]+)#/g)) yield identifier
  }
}

function identifierOf(name) {
  return name.replace(/^controllers\//, "").replace(/_controller$/, "").replaceAll("_", "-").replaceAll("/", "--")
}
