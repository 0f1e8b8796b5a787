// Words and times in the page's language; the words come from the page itself.

const words = document.getElementById("words").dataset
const language = document.documentElement.lang
const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" })
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
const DAY = 86_400_000

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "")
}

export function moment(date) {
  const days = Math.round((midnight(new Date()) - midnight(date)) / DAY)
  const name = days === 0 ? words.today : days === 1 ? words.yesterday : day.format(date)
  return `${name}, ${hour.format(date)}`
}

export function size(bytes) {
  const units = words.units.split(" ")
  let power = 0
  while (bytes >= 1024 && power < units.length - 1) {
    bytes /= 1024
    power += 1
  }
  return `${number.format(bytes)} ${units[power]}`
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate())
}
