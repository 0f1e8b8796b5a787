// Hands a file to the server. What comes back goes along with the message.

export async function upload(address, token, file) {
  const body = new FormData()
  body.append("file", file)
  const response = await fetch(address, {
    method: "POST",
    body,
    headers: { Authorization: `Visitor ${token}`, "Accept-Language": document.documentElement.lang },
    credentials: "omit",
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw Object.assign(new Error(answer.error), { words: answer.words })
  return answer
}
