/* Who looks, in which language and zone: read from <meta name="current-..."> at each use, since Turbo swaps them. */

const read = (name) => document.querySelector(`meta[name="current-${name}"]`)?.content ?? ""

export const Current = {
  get csrf() { return read("csrf") },
  get language() { return document.documentElement.lang || "en" },
  get timeZone() { return read("time-zone") || undefined },
  get user() { return read("user") },
  get membership() { return read("membership") },
  get workspace() { return read("workspace") },
}
