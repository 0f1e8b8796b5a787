// Calls of the control API for one bot.

export const words = JSON.parse(document.getElementById("strings").textContent)

export class Bot {
  constructor({ id, token, username, name }) {
    Object.assign(this, { id, token, username, name })
  }

  get path() {
    return `/telegram/${this.token}/control`
  }

  file(fileId) {
    return `/telegram/${this.token}/files/${encodeURIComponent(fileId)}`
  }

  state({ chat, connection = "" }) {
    return this.call(`state?chat=${chat}&connection=${encodeURIComponent(connection)}`, undefined, "GET")
  }

  // `facts` is an object, or a FormData with files.
  async call(deed, facts, method = "POST") {
    const form = facts instanceof FormData
    const response = await fetch(`${this.path}/${deed}`, {
      method,
      body: facts && (form ? facts : JSON.stringify(facts)),
      headers: facts && !form ? { "Content-Type": "application/json" } : {},
    })
    const answer = await response.json()
    if (!answer.ok) throw new Error(answer.description)
    return answer.result
  }
}

export async function everything() {
  const { bots, people } = await (await fetch("/telegram/bots")).json()
  return { bots: bots.map((bot) => new Bot(bot)), people }
}

export function freshToken() {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  const random = crypto.getRandomValues(new Uint32Array(33))
  const secret = Array.from(random, (number) => letters[number % letters.length]).join("")
  return `${7000000000 + (random[0] % 1000000000)}:AA${secret}`
}
