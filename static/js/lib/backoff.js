/* Milliseconds to wait before the attempt (0 is the first): anything up to 1, 2, 4 ... 60 seconds.
   The whole range is random, so that a thousand pages do not come back in step. */

const FIRST = 1_000
const LONGEST = 60_000

export function backoff(attempt, random = Math.random) {
  return random() * Math.min(LONGEST, FIRST * 2 ** attempt)
}
