/* Documents of conditions and the tree that the builder shows of them.

   A document is {all: [...], any: [...], not: {...}} over {field, op, value}. The tree has groups
   {conjunction: "all" | "any" | "none", parts: [...]} and leaves {field, op, value}. */

export function treeOf(document) {
  const root = groupOf(document ?? {})
  return root.conjunction === "none" ? { conjunction: "all", parts: [root] } : root
}

function nodeOf(document) {
  return "field" in document ? { ...document } : groupOf(document)
}

function groupOf(document) {
  const { all = [], any = [], not } = document
  if (!any.length) return { conjunction: "all", parts: [...all.map(nodeOf), ...exclusion(not)] }
  if (!all.length && !not) return { conjunction: "any", parts: any.map(nodeOf) }
  return { conjunction: "all", parts: [...all.map(nodeOf), { conjunction: "any", parts: any.map(nodeOf) }, ...exclusion(not)] }
}

function exclusion(not) {
  if (!not) return []
  const some = "field" in not ? [not] : not.any && !not.all?.length && !not.not ? not.any : [not]
  return [{ conjunction: "none", parts: some.map(nodeOf) }]
}

/* The document of a tree. `visit(leaf, path)` hears under which path the server will speak of each leaf. */
export function documentOf(group, visit = () => {}, path = "") {
  const at = (name) => (path ? `${path}.${name}` : name)
  if (group.conjunction === "none") {
    const some = partsOf(group, visit, `${at("not")}.any`)
    return some.length ? { not: { any: some } } : {}
  }
  const only = group.parts.filter((part) => part.conjunction === "none" && count(part))
  if (group.conjunction === "all" && only.length === 1) {
    const rest = { conjunction: "all", parts: group.parts.filter((part) => part !== only[0]) }
    return { ...documentOf(rest, visit, path), not: { any: partsOf(only[0], visit, `${at("not")}.any`) } }
  }
  const parts = partsOf(group, visit, at(group.conjunction))
  return parts.length ? { [group.conjunction]: parts } : {}
}

function partsOf(group, visit, path) {
  const found = []
  for (const part of group.parts) {
    if (part.conjunction && !count(part)) continue
    const place = `${path}[${found.length}]`
    if (part.conjunction) found.push(documentOf(part, visit, place))
    else {
      visit(part, place)
      found.push({ field: part.field, op: part.op, value: part.value })
    }
  }
  return found
}

export function count(group) {
  return group.parts.reduce((sum, part) => sum + (part.conjunction ? count(part) : 1), 0)
}
