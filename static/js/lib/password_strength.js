/* A guess at how hard a password is to guess, 0 to 100. Advice only: the server decides. */

const SHORTEST = 10

export function passwordStrength(password) {
  const characters = [...password]
  if (characters.length === 0) return 0
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((pattern) => pattern.test(password)).length
  const different = new Set(characters).size
  const steps = characters.filter((character, index) => index > 0 && Math.abs(character.codePointAt(0) - characters[index - 1].codePointAt(0)) <= 1).length
  const worth = different * (2.4 + classes * 0.8) - steps * 2
  const limit = characters.length < SHORTEST ? 33 : 100
  return Math.max(4, Math.min(limit, Math.round(worth)))
}
