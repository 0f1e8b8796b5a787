// Hands a file to the server. What comes back goes along with the message.

const PAUSE = 3_000
const TRIES_ONLINE = 3 // of a file that breaks off though there is a connection: it cannot be read

// `waiting()` is called when there is no connection: the file goes when there is one again.
export async function upload(address, token, file, waiting) {
  for (let tries = 1; ; tries += navigator.onLine ? 1 : 0) {
    try {
      return await handIn(address, await token(), file)
    } catch (trouble) {
      if (trouble.isAnswer || tries >= TRIES_ONLINE) throw trouble
    }
    waiting()
    await connection()
  }
}

function connection() {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE)
    addEventListener("online", resolve, { once: true })
  })
}

async function handIn(address, token, file) {
  const body = new FormData()
  body.append("file", file)
  const response = await fetch(address, {
    method: "POST",
    body,
    headers: { Authorization: `Visitor ${token}`, "Accept-Language": document.documentElement.lang },
    credentials: "omit",
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw Object.assign(new Error(answer.error), { words: answer.words, isAnswer: true })
  return answer
}
