// A message of MAX's as a bubble. Texts go in as text nodes only.

import { words } from "./api.js"

const TAGS = {
  strong: "b", emphasized: "i", underline: "u", strikethrough: "s", monospaced: "code",
  highlighted: "mark", heading: "b", quote: "q", link: "a", user_mention: "b",
}

export function bubble(message, { mine }) {
  const { body, link } = message
  const item = element("li", `bubble${mine ? " bubble--mine" : ""}`)
  item.dataset.message = body.mid
  if (link) item.append(element("span", "bubble__reply", summary({ body: link.message })))
  const attachments = body.attachments ?? []
  for (const attachment of attachments) if (attachment.type !== "inline_keyboard") item.append(shown(attachment))
  item.append(formatted(body.text ?? "", body.markup ?? []), foot(message, mine))
  const keyboard = attachments.find(({ type }) => type === "inline_keyboard")
  if (keyboard) item.append(buttons(keyboard.payload.buttons))
  return item
}

export function summary({ body }) {
  return body.text?.slice(0, 80) || (body.attachments?.[0]?.type === "image" ? words.photo : words.file)
}

// Pieces between the edges of the markup, each in all its tags; JavaScript counts as MAX does.
function formatted(text, markup) {
  const edges = new Set([0, text.length])
  for (const { from, length } of markup) edges.add(from).add(from + length)
  const places = [...edges].sort((one, other) => one - other)
  const box = document.createDocumentFragment()
  places.slice(0, -1).forEach((start, number) => {
    let node = document.createTextNode(text.slice(start, places[number + 1]))
    for (const { type, from, length, url } of markup) {
      if (!(from <= start && start < from + length)) continue
      const tag = type === "link" && /^https?:/.test(url) ? link(url, "") : element(TAGS[type] ?? "span")
      tag.append(node)
      node = tag
    }
    box.append(node)
  })
  return box
}

function shown({ type, payload, filename, latitude, longitude }) {
  if (type === "image") return media("img", payload.url, words.photo)
  if (type === "audio") return media("audio", payload.url, words.voice)
  if (type === "file") return link(payload.url, filename)
  if (type === "location") return element("span", "", `${words.location}: ${latitude}, ${longitude}`)
  if (type === "contact") return element("span", "", `${words.contact}: ${payload.vcf_info?.match(/TEL[^:]*:(.*)/)?.[1] ?? ""}`)
  return element("span", "", words[type] ?? type)
}

function media(tag, source, label) {
  const node = element(tag)
  node.src = source
  if (tag === "img") node.alt = label
  else {
    node.controls = true
    node.preload = "metadata"
    node.setAttribute("aria-label", label)
  }
  return node
}

function foot(message, mine) {
  const line = element("span", "bubble__foot")
  const time = new Date(message.timestamp).toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit" })
  line.append(action("reply", words.reply))
  if (mine) line.append(action("edit", words.edit), action("remove", words.remove))
  line.append(element("span", "", message.edited ? `${words.edited} ${time}` : time))
  return line
}

function action(name, label) {
  const button = element("button", "link", label)
  button.type = "button"
  button.dataset.action = name
  return button
}

function buttons(rows) {
  const box = element("div", "bubble__buttons")
  for (const row of rows) {
    const line = element("div")
    for (const { type, text, payload = "", url } of row) {
      if (type === "link" && /^https?:/.test(url)) line.append(link(url, text))
      else {
        const button = element("button", "", text)
        button.type = "button"
        Object.assign(button.dataset, { press: type, payload })
        line.append(button)
      }
    }
    box.append(line)
  }
  return box
}

function link(address, label) {
  const node = element("a", "", label)
  node.href = address
  node.target = "_blank"
  node.rel = "noreferrer"
  return node
}

function element(tag, className = "", text = "") {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text) node.textContent = text
  return node
}
