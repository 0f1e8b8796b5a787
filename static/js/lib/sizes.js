/* 2.4 MB, in the page's language and as the server's `filesizeformat` writes it: the same file
   must not change its size when it is sent. */

import { Current } from "lib/current"

const UNITS = { ru: ["байт", "КБ", "МБ", "ГБ"], en: ["bytes", "KB", "MB", "GB"] }

export function formatSize(bytes) {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.en.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit ? 1 : 0
  const number = new Intl.NumberFormat(Current.language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const { [Current.language]: units = UNITS.en } = UNITS
  return `${number.format(value)}\u00a0${units[unit]}`
}
