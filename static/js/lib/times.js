/* How a moment is written, by the viewer's language and time zone. The twin of core/times.py. */

import { Current } from "lib/current"

const formatters = new Map()

export function formatTime(moment, format, now = new Date()) {
  switch (format) {
    case "time": return write(moment, { hour: "2-digit", minute: "2-digit" })
    case "date": return write(moment, dateOptions(moment, now))
    case "datetime": return `${formatTime(moment, "date", now)}, ${formatTime(moment, "time", now)}`
    case "day": return [relativeDay(moment, now), formatTime(moment, "date", now)].filter(Boolean).join(", ")
    case "short": return shortly(moment, now)
    default: throw new Error(`Unknown time format: ${format}`)
  }
}

/* 2026-11-23: the day on which a moment falls for the viewer. */
export function dayOf(moment) {
  return write(moment, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA")
}

function shortly(moment, now) {
  const days = daysBetween(moment, now)
  if (days === 0) return formatTime(moment, "time", now)
  if (days === -1) return relativeDay(moment, now)
  const sameYear = yearOf(moment) === yearOf(now)
  return write(moment, sameYear ? { day: "numeric", month: "short" } : { day: "2-digit", month: "2-digit", year: "numeric" })
}

function dateOptions(moment, now) {
  return { day: "numeric", month: "long", ...(yearOf(moment) === yearOf(now) ? {} : { year: "numeric" }) }
}

function relativeDay(moment, now) {
  const days = daysBetween(moment, now)
  if (days < -1 || days > 0) return ""
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day")
  return words.charAt(0).toLocaleUpperCase(locale()) + words.slice(1)
}

function daysBetween(moment, now) {
  return Math.round((dayNumber(moment) - dayNumber(now)) / 86_400_000)
}

function dayNumber(moment) {
  return Date.parse(dayOf(moment))
}

function yearOf(moment) {
  return write(moment, { year: "numeric" }, "en-CA")
}

// English is written the British way, as the whole interface is: 23 November, 14:05.
function locale() {
  return Current.language.startsWith("en") ? "en-GB" : Current.language
}

function write(moment, options, language = locale()) {
  const key = `${language} ${Current.timeZone} ${JSON.stringify(options)}`
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(language, { ...options, timeZone: Current.timeZone }))
  return formatters.get(key).format(moment)
}
