/* The field or fields in which the value of a condition is given. */

const TYPES = { number: "number", money: "number", moment: "date", day: "date" }

export class ConditionValue {
  constructor(field, operator, input, words) {
    Object.assign(this, { field, operator, input, words })
    this.elements = field ? this.#made() : []
  }

  /* Put in what a document holds; what does not fit is left out. */
  fill(value) {
    if (value === undefined || value === null || !this.field) return
    if (this.input === "list" && this.field.choices) {
      const wanted = new Set([value].flat().map((each) => this.#key(each)))
      for (const box of this.#boxes) box.checked = wanted.has(box.value)
    } else if (this.input === "list") this.elements[0].value = [value].flat().join(", ")
    else if (this.input === "pair") [value].flat().slice(0, 2).forEach((each, number) => (this.#fields[number].value = plain(each)))
    else if (this.field.choices && this.#fields[0]) this.#choose(this.#fields[0], this.#key([value].flat()[0]))
    else if (this.#fields[0]) this.#fields[0].value = plain([value].flat()[0])
  }

  get value() {
    if (this.input === "none") return this.operator !== "unset"
    if (this.input === "list" && this.field.choices) return this.#boxes.filter((box) => box.checked).map((box) => box.value)
    if (this.input === "list") return this.elements[0].value.split(",").map((each) => each.trim()).filter(Boolean)
    if (this.input === "pair") return this.#fields.map((each) => each.value)
    const text = this.#fields[0]?.value ?? ""
    if (this.field.kind === "boolean") return text === "true"
    return this.input === "days" && text !== "" ? Number(text) : text
  }

  get isAnswered() {
    if (!this.field || !this.operator) return false
    const { value } = this
    if (Array.isArray(value)) return value.length > 0 && value.every((each) => each !== "")
    return value !== ""
  }

  get answer() {
    return { field: this.field.name, op: this.operator === "unset" ? "set" : this.operator, value: this.value }
  }

  get #fields() {
    return this.elements.flatMap((element) => (element.matches("input, select") ? [element] : [...element.querySelectorAll("input, select")]))
  }

  /* A document may name a choice as people call it. */
  #key(value) {
    const text = String(value)
    const named = ([, words]) => words.toLowerCase() === text.toLowerCase()
    return (this.field.choices.find(([key]) => key === text) ?? this.field.choices.find(named))?.[0] ?? text
  }

  /* What is no choice any more stays in the document all the same. */
  #choose(select, key) {
    if (![...select.options].some((option) => option.value === key)) select.add(new Option(key, key))
    select.value = key
  }

  get #boxes() {
    return [...this.elements[0].querySelectorAll("input")]
  }

  #made() {
    if (this.input === "none" || !this.input) return []
    if (this.field.kind === "boolean") return [this.#select([["true", this.words.yes], ["false", this.words.no]])]
    if (this.input === "days") return [this.#input("number", this.words.days, { min: 0, step: 1 }), span(this.words.days)]
    if (this.input === "list" && this.field.choices) return [this.#choices()]
    if (this.input === "list") return [this.#input("text", this.words.list)]
    if (this.field.choices) return [this.#select([["", this.words.choose], ...this.field.choices])]
    const type = TYPES[this.field.kind] ?? "text"
    const more = type === "number" ? { step: "any" } : { maxLength: 500 }
    if (this.input === "pair") return [this.#input(type, this.words.from, more), span("–"), this.#input(type, this.words.to, more)]
    return [this.#input(type, this.words.value, more)]
  }

  #input(type, label, more = {}) {
    const element = Object.assign(document.createElement("input"), { type, className: "input", autocomplete: "off" }, type === "date" ? {} : more)
    element.setAttribute("aria-label", `${this.field.label}: ${label}`)
    return element
  }

  #select(options) {
    const element = document.createElement("select")
    element.className = "input"
    element.setAttribute("aria-label", `${this.field.label}: ${this.words.value}`)
    element.append(...options.map(([value, text]) => new Option(text, value)))
    return element
  }

  #choices() {
    const list = document.createElement("div")
    list.className = "conditions__choices"
    list.setAttribute("role", "group")
    list.setAttribute("aria-label", this.field.label)
    for (const [value, text] of this.field.choices) {
      const label = Object.assign(document.createElement("label"), { className: "choice" })
      label.append(Object.assign(document.createElement("input"), { type: "checkbox", value }), span(text))
      list.append(label)
    }
    return list
  }
}

function span(text) {
  return Object.assign(document.createElement("span"), { textContent: text })
}

/* Money may come with its currency, a moment with its time. */
function plain(value) {
  if (value && typeof value === "object") return value.amount ?? ""
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T.*/, "$1")
}
