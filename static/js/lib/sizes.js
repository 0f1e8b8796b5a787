/* 2.4 MB, in the page's language. */

import { Current } from "lib/current"

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"]

export function formatSize(bytes) {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const options = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 }
  return new Intl.NumberFormat(Current.language, options).format(value)
}
