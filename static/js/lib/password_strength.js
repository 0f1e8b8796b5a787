/* A guess at how hard a password is to guess, 0 to 100. Advice only: the server decides. */

const SHORTEST = 10
const PLENTY_OF_BITS = 84
// Pattern -> how many characters a guesser must try once it is used.
const ALPHABETS = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[а-яё]/, 33], [/[А-ЯЁ]/, 33], [/\d/, 10], [/[^\p{L}\d]/u, 30], [/[^\u0000-\u04ff]/u, 60]]

export function passwordStrength(password) {
  const characters = [...password]
  if (characters.length === 0) return 0
  const alphabet = ALPHABETS.reduce((sum, [pattern, size]) => sum + (pattern.test(password) ? size : 0), 1)
  const different = new Set(characters).size
  const repeated = characters.length - different
  const length = Math.max(1, different + repeated / 2 - neighbours(characters) * 0.8)
  const limit = characters.length < SHORTEST ? 33 : 100
  return Math.max(4, Math.min(limit, Math.round((length * Math.log2(alphabet) * 100) / PLENTY_OF_BITS)))
}

// 123, abc, aaa: each step costs a guesser almost nothing.
function neighbours(characters) {
  return characters.filter((character, index) => index > 0 && Math.abs(character.codePointAt(0) - characters[index - 1].codePointAt(0)) <= 1).length
}
