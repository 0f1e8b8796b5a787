import { Controller } from "@hotwired/stimulus"
import { documentOf, treeOf } from "lib/conditions"
import { ConditionValue } from "models/condition_value"

const PAUSE = 350

/* Builds a filter out of conditions and groups of them; see core/conditions/builder.py.

   What it shows is the truth: the document is read from the elements at each change. */
export default class extends Controller {
  static targets = ["root", "document", "count", "groupTemplate", "leafTemplate", "words"]
  static values = { data: Object, countUrl: String }

  connect() {
    this.fields = new Map(this.dataValue.groups.flatMap((group) => group.fields).map((field) => [field.name, field]))
    this.parts = new WeakMap()
    this.rootTarget.replaceChildren(this.#group(treeOf(this.dataValue.document), true))
    if (!this.rootTarget.querySelector("[data-leaf]")) this.#addLeaf(this.rootTarget.firstElementChild)
    if (this.dataValue.error) this.#showError(this.dataValue.error)
    this.rootTarget.addEventListener("input", this.#changed)
    this.rootTarget.addEventListener("change", this.#changed)
    this.#askSoon(0)
    if (this.element.closest("turbo-frame")) this.rootTarget.querySelector("select[data-part=field]")?.focus()
  }

  disconnect() {
    clearTimeout(this.timer)
    this.abort?.abort()
    this.rootTarget.removeEventListener("input", this.#changed)
    this.rootTarget.removeEventListener("change", this.#changed)
  }

  clear() {
    this.rootTarget.replaceChildren(this.#group({ conjunction: "all", parts: [] }, true))
    this.documentTarget.value = ""
    this.element.querySelector("form")?.requestSubmit()
  }

  /* Before the form goes: half-filled conditions are pointed at instead of being sent. */
  prepare(event) {
    const missing = this.#leaves.filter((leaf) => this.#isTouched(leaf) && !this.parts.get(leaf).isAnswered)
    for (const leaf of missing) this.#mark(leaf, this.wordsTarget.dataset.unanswered)
    if (missing.length) {
      event.preventDefault()
      missing[0].querySelector("[data-part=value] :is(input, select)")?.focus()
      return
    }
    this.#write()
    this.documentTarget.disabled = !this.documentTarget.value
  }

  #changed = ({ target }) => {
    const leaf = target.closest("[data-leaf]")
    if (leaf && target.dataset.part === "field") this.#fieldChosen(leaf)
    else if (leaf && target.dataset.part === "operator") this.#operatorChosen(leaf)
    if (leaf) this.#mark(leaf, "")
    this.#write()
    this.#askSoon()
  }

  #group(node, isRoot = false) {
    const element = this.groupTemplateTarget.content.firstElementChild.cloneNode(true)
    const part = (name) => element.querySelector(`[data-part=${name}]`)
    part("conjunction").value = node.conjunction
    element.dataset.conjunction = node.conjunction
    part("conjunction").addEventListener("change", ({ target }) => (element.dataset.conjunction = target.value))
    if (isRoot) {
      part("remove").remove()
      part("conjunction").querySelector("[value=none]").remove()
    } else part("addExclusion").remove()
    const list = part("parts")
    for (const child of node.parts) list.append(child.conjunction ? this.#group(child) : this.#leaf(child))
    part("remove")?.addEventListener("click", () => this.#remove(element))
    part("addCondition").addEventListener("click", () => this.#addLeaf(element).querySelector("select").focus())
    part("addGroup").addEventListener("click", () => this.#addGroup(element, "any"))
    if (isRoot) part("addExclusion").addEventListener("click", () => this.#addGroup(element, "none"))
    return element
  }

  #leaf({ field, op, value } = {}) {
    const element = this.leafTemplateTarget.content.firstElementChild.cloneNode(true)
    const select = element.querySelector("[data-part=field]")
    select.append(new Option(this.wordsTarget.dataset.choose, ""))
    for (const group of this.dataValue.groups) {
      const heading = document.createElement("optgroup")
      heading.label = group.label
      heading.append(...group.fields.map((each) => new Option(each.label, each.name)))
      select.append(heading)
    }
    select.value = this.fields.has(field) ? field : ""
    element.querySelector("[data-part=remove]").addEventListener("click", () => this.#remove(element))
    this.#fillOperators(element, op === "set" && value === false ? "unset" : op)
    this.#fillValue(element, value)
    return element
  }

  #addLeaf(group) {
    const leaf = this.#leaf()
    group.querySelector(":scope > [data-part=parts]").append(leaf)
    return leaf
  }

  #addGroup(group, conjunction) {
    const made = this.#group({ conjunction, parts: [] })
    group.querySelector(":scope > [data-part=parts]").append(made)
    this.#addLeaf(made).querySelector("select").focus()
  }

  #remove(element) {
    const next = element.parentElement.closest("[data-group]")
    element.remove()
    next?.querySelector("[data-part=addCondition]")?.focus()
    this.#write()
    this.#askSoon()
  }

  #fieldChosen(leaf) {
    this.#fillOperators(leaf)
    this.#fillValue(leaf)
  }

  #operatorChosen(leaf) {
    this.#fillValue(leaf, this.parts.get(leaf)?.value)
  }

  #fillOperators(leaf, chosen) {
    const field = this.fields.get(leaf.querySelector("[data-part=field]").value)
    const select = leaf.querySelector("[data-part=operator]")
    const operators = field ? this.dataValue.operators[field.kind] : []
    select.replaceChildren(...operators.map(({ op, words }) => new Option(words, op)))
    select.hidden = !field || operators.length < 2
    const usual = field?.kind === "text" ? "contains" : operators[0]?.op
    select.value = operators.some(({ op }) => op === chosen) ? chosen : (usual ?? "")
  }

  #fillValue(leaf, value) {
    const field = this.fields.get(leaf.querySelector("[data-part=field]").value)
    const operator = leaf.querySelector("[data-part=operator]").value
    const input = field && this.dataValue.operators[field.kind].find(({ op }) => op === operator)?.input
    const made = new ConditionValue(field, operator, input, this.wordsTarget.dataset)
    made.fill(value)
    this.parts.set(leaf, made)
    leaf.querySelector("[data-part=value]").replaceChildren(...made.elements)
  }

  get #leaves() {
    return [...this.rootTarget.querySelectorAll("[data-leaf]")]
  }

  #isTouched(leaf) {
    return Boolean(leaf.querySelector("[data-part=field]").value)
  }

  #treeOf(group) {
    const parts = []
    for (const child of group.querySelector(":scope > [data-part=parts]").children) {
      if (child.matches("[data-group]")) parts.push(this.#treeOf(child))
      else if (this.#isTouched(child) && this.parts.get(child).isAnswered) parts.push({ ...this.parts.get(child).answer, element: child })
    }
    return { conjunction: group.querySelector("[data-part=conjunction]").value, parts }
  }

  #write() {
    this.places = new Map()
    const made = documentOf(this.#treeOf(this.rootTarget.firstElementChild), (leaf, path) => this.places.set(path, leaf.element))
    this.documentTarget.value = Object.keys(made).length ? JSON.stringify(made) : ""
  }

  #askSoon(pause = PAUSE) {
    clearTimeout(this.timer)
    if (this.countUrlValue) this.timer = setTimeout(() => this.#ask(), pause)
  }

  async #ask() {
    this.abort?.abort()
    this.abort = new AbortController()
    this.#write()
    const address = new URL(this.countUrlValue, location.href)
    if (this.documentTarget.value) address.searchParams.set("filter", this.documentTarget.value)
    try {
      const answer = await fetch(address, { signal: this.abort.signal, headers: { Accept: "application/json" } })
      const told = await answer.json()
      if (told.error) this.#showError(told.error)
      else this.countTarget.textContent = told.words
    } catch (error) {
      if (error.name !== "AbortError") this.countTarget.textContent = this.wordsTarget.dataset.unreached
    }
  }

  #showError({ path, words }) {
    this.places ?? this.#write()
    const place = [...(this.places ?? [])].find(([known]) => path.startsWith(known))
    if (place) this.#mark(place[1], words)
    else this.countTarget.textContent = words
  }

  #mark(leaf, words) {
    const error = leaf.querySelector("[data-part=error]")
    error.textContent = words
    error.hidden = !words
    for (const field of leaf.querySelectorAll("[data-part=value] :is(input, select)")) field.toggleAttribute("aria-invalid", Boolean(words))
  }
}
