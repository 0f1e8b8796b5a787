/* Signs of formatting in a typed text, by the rules of marketing/markup.py: **bold**, __italic__, ~~struck~~,
   a code between backticks, [words](https://…). */

const TOKEN = /\\([*_~`[\]\\])|(\{\{[^{}]*\}\}|https?:\/\/[^\s<>"«»{}|\\^`[\]*~()]+(?<!_))|`((?:\\.|[^`\\])+)`|(\*\*|__|~~)|(\[)|\]\((https?:\/\/(?:\{\{[^{}]*\}\}|\([^\s()]*\)|(?!\{\{[^{}]*\}\})[^\s()])+)\)/g

/* The places [start, end] of what will not be read as text, in order. */
export function signs(typed) {
  const found = []
  const open = []
  for (const token of typed.matchAll(TOKEN)) {
    const [whole, escaped, , code, sign, bracket] = token
    const start = token.index
    const end = start + whole.length
    if (escaped) found.push([start, start + 1])
    else if (code?.trim()) found.push([start, start + 1], ...escapes(code, start + 1), [end - 1, end])
    else if (bracket) open.push({ sign: "[", start, end })
    else if (sign) {
      if (typed.slice(0, start).match(/\S$/) && close(open, found, sign, typed, start, end)) continue
      if (/^\S/.test(typed.slice(end))) open.push({ sign, start, end })
    } else if (whole.startsWith("](")) close(open, found, "[", typed, start, end)
  }
  return found.sort((one, other) => one[0] - other[0])
}

function escapes(code, start) {
  return [...code.matchAll(/\\[*_~`[\]\\]/g)].map(({ index }) => [start + index, start + index + 1])
}

function close(open, found, sign, typed, start, end) {
  const place = open.findLastIndex((one) => one.sign === sign)
  if (place < 0 || !typed.slice(open[place].end, start).trim()) return false
  found.push([open[place].start, open[place].end], [start, end])
  open.length = place
  return true
}
