/* Sends one file and tells how far it is. Returns { done, abort }; `done` gives { id, name, size } or
   fails with the server's words. fetch() knows no progress, hence XMLHttpRequest. */

import { Current } from "lib/current"

export function upload(url, file, progressed) {
  const request = new XMLHttpRequest()
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => progressed(total ? loaded / total : 0))
    request.addEventListener("load", () => {
      const answer = request.response ?? {}
      if (request.status === 201) resolve(answer)
      else reject(answer.error ?? "")
    })
    request.addEventListener("error", () => reject(""))
    request.addEventListener("abort", () => reject(""))
  })
  done.catch(() => {})
  const body = new FormData()
  body.set("file", file)
  request.open("POST", url)
  request.responseType = "json"
  request.setRequestHeader("X-CSRFToken", Current.csrf)
  request.send(body)
  return { done, abort: () => request.abort() }
}
