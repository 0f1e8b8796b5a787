/* A chosen file as it will look: a picture or a video at `address` (an object URL), else its name. */
export function shownFile(file, address) {
  const kind = { image: "img", video: "video" }[file.type.split("/")[0]]
  const element = document.createElement(kind ?? "span")
  if (kind) element.src = address
  else element.textContent = file.name
  if (kind === "img") element.alt = file.name
  if (kind === "video") Object.assign(element, { controls: true, muted: true })
  return element
}
