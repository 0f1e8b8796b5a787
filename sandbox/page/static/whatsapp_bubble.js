// A message of WhatsApp's as a bubble.

import { bubbleOf, element, foot, keyboard, link, media, place, reactions } from "./nodes.js"
import { words } from "./words.js"

const FILES = ["image", "video", "audio", "document", "sticker"]
const SHOWN = new Set([...FILES, "text", "location", "contacts", "interactive", "button", "template", "order"])

export function bubble(message, { mine, said }) {
  const item = bubbleOf(message.id, mine)
  const replied = said.get(message.context?.id)
  if (replied) item.append(element("span", "bubble__reply", summary(replied)))
  const shown = FILES.includes(message.type) ? message.type : headOf(message)
  if (shown) item.append(file(message, shown))
  if (message.type === "location") item.append(place(message.location))
  if (!SHOWN.has(message.type)) item.append(element("span", "", message.type))
  if (message.type === "contacts") item.append(element("span", "", message.contacts.map(card).join("\n")))
  if (message.type === "order") item.append(element("span", "", message.order.product_items.map(ware).join("\n")))
  const actions = [["reply", words.reply], ["react", words.react]]
  if (mine && message.type === "text") actions.push(["edit", words.edit])
  if (mine) actions.push(["delete", words.remove])
  item.append(wording(message), foot(actions, message.timestamp * 1000, { before: message.edited && words.edited }))
  item.append(...reactions([message.reaction, message.our_reaction]))
  if (message.interactive?.action) item.append(keyboard(rows(message.interactive.action)))
  return item
}

export function summary(message) {
  return wording(message).slice(0, 80) || (message.type === "image" ? words.photo : words.file)
}

export function wording(message) {
  if (message.type === "template") return message.words
  const body = message[message.type]
  if (message.type === "interactive") return body.body?.text ?? body[body.type]?.title ?? ""
  if (message.type === "button") return body.text
  return body?.body ?? body?.caption ?? ""
}

function file(message, kind) {
  const name = message[kind]?.filename ?? words.file
  if (!message.page) return element("span", "", name)
  if (["image", "sticker"].includes(kind)) return media("img", message.page, words.photo)
  if (kind === "document") return link(message.page, name)
  return media(kind, message.page, kind === "audio" ? words.voice : words.video)
}

// The kind of file above the words of a template or of buttons.
function headOf({ page, interactive, template }) {
  if (!page) return ""
  const head = template?.components?.find(({ type }) => type.toLowerCase() === "header")
  return interactive?.header?.type ?? head?.parameters?.[0]?.type ?? ""
}

function ware({ product_retailer_id: name, quantity }) {
  return `${name} × ${quantity}`
}

function card({ name, phones }) {
  return `${name.formatted_name} ${phones?.[0]?.phone ?? ""}`.trim()
}

// Each choice on a line of its own.
function rows({ buttons = [], sections = [], parameters }) {
  const choices = [...buttons.map(({ reply }) => reply), ...sections.flatMap((section) => section.rows)]
  const lines = choices.map(({ id, title }) => [{ label: title, data: { press: id } }])
  return parameters?.url ? [...lines, [{ label: parameters.display_text, address: parameters.url }]] : lines
}
