// A message of MAX's as a bubble.

import { bubbleOf, element, foot, formatted, keyboard, link, media, place } from "./nodes.js"
import { words } from "./words.js"

const TAGS = {
  strong: "b", emphasized: "i", underline: "u", strikethrough: "s", monospaced: "code",
  highlighted: "mark", heading: "b", quote: "q", link: "a", user_mention: "b",
}

export function bubble(message, { mine }) {
  const { body, link: linked } = message
  const item = bubbleOf(body.mid, mine)
  if (linked) item.append(element("span", "bubble__reply", summary({ body: linked.message })))
  const attachments = body.attachments ?? []
  for (const attachment of attachments) if (attachment.type !== "inline_keyboard") item.append(shown(attachment))
  const ranges = (body.markup ?? []).map(({ from, ...range }) => ({ ...range, start: from }))
  const actions = [["reply", words.reply], ...(mine ? [["edit", words.edit], ["remove", words.remove]] : [])]
  item.append(formatted(body.text ?? "", ranges, tagOf))
  item.append(foot(actions, message.timestamp, { before: message.edited && words.edited }))
  const markup = attachments.find(({ type }) => type === "inline_keyboard")
  if (markup) item.append(keyboard(markup.payload.buttons.map((row) => row.map(key))))
  return item
}

export function summary({ body }) {
  return body.text?.slice(0, 80) || (body.attachments?.[0]?.type === "image" ? words.photo : words.file)
}

function tagOf({ type, url }) {
  return type === "link" && /^https?:/.test(url) ? link(url, "") : element(TAGS[type] ?? "span")
}

function shown({ type, payload, filename, latitude, longitude }) {
  if (type === "image") return media("img", payload.url, words.photo)
  if (type === "audio") return media("audio", payload.url, words.voice)
  if (type === "file") return link(payload.url, filename)
  if (type === "location") return place({ latitude, longitude })
  if (type === "contact") return element("span", "", `${words.contact}: ${payload.vcf_info?.match(/TEL[^:]*:(.*)/)?.[1] ?? ""}`)
  return element("span", "", words[type] ?? type)
}

function key({ type, text, payload = "", url }) {
  return { label: text, address: type === "link" ? url : "", data: { press: type, payload } }
}
