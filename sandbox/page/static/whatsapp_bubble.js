// A message of WhatsApp's as a bubble. Texts go in as text nodes only.

import { words } from "./api.js"

const FILES = ["image", "video", "audio", "document", "sticker"]
const SHOWN = new Set([...FILES, "text", "location", "contacts", "interactive", "button", "template"])

export function bubble(message, { mine, said }) {
  const item = element("li", `bubble${mine ? " bubble--mine" : ""}`)
  item.dataset.message = message.id
  const replied = said.get(message.context?.id)
  if (replied) item.append(element("span", "bubble__reply", summary(replied)))
  if (FILES.includes(message.type)) item.append(file(message))
  if (message.type === "location") {
    const { latitude, longitude, name } = message.location
    item.append(element("span", "", `${name ?? words.location}: ${latitude}, ${longitude}`))
  }
  if (!SHOWN.has(message.type)) item.append(element("span", "", message.type))
  if (message.type === "contacts") item.append(element("span", "", message.contacts.map(card).join("\n")))
  item.append(document.createTextNode(text(message)), foot(message, mine))
  const emojis = [message.reaction, message.our_reaction].filter(Boolean).join(" ")
  if (emojis) item.append(element("span", "bubble__reactions", emojis))
  const shown = message.interactive?.action
  if (shown) item.append(buttons(shown))
  return item
}

export function summary(message) {
  return text(message).slice(0, 80) || (message.type === "image" ? words.photo : words.file)
}

function text(message) {
  if (message.type === "template") return message.words
  const body = message[message.type]
  if (message.type === "interactive") return body.body?.text ?? body[body.type]?.title ?? ""
  if (message.type === "button") return body.text
  return body?.body ?? body?.caption ?? ""
}

function file(message) {
  if (!message.page) return element("span", "", message[message.type].filename ?? words.file)
  if (["image", "sticker"].includes(message.type)) return media("img", message.page, words.photo)
  if (message.type === "document") return link(message.page, message.document.filename)
  return media(message.type, message.page, message.type === "audio" ? words.voice : words.video)
}

function card({ name, phones }) {
  return `${name.formatted_name} ${phones?.[0]?.phone ?? ""}`.trim()
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
  const time = new Date(message.timestamp * 1000).toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit" })
  line.append(action("reply", words.reply), action("react", words.react))
  if (mine && message.type === "text") line.append(action("edit", words.edit))
  if (mine) line.append(action("delete", words.remove))
  line.append(element("span", "", message.edited ? `${words.edited} ${time}` : time))
  return line
}

function action(name, label) {
  const button = element("button", "link", label)
  button.type = "button"
  button.dataset.action = name
  return button
}

function buttons(shown) {
  const box = element("div", "bubble__buttons")
  const rows = (shown.sections ?? []).flatMap((section) => section.rows)
  const choices = [...(shown.buttons ?? []).map(({ reply }) => reply), ...rows]
  for (const { id, title } of choices) {
    const button = element("button", "", title)
    button.type = "button"
    button.dataset.press = id
    box.append(wrapped(button))
  }
  const { display_text: label, url } = shown.parameters ?? {}
  if (/^https?:/.test(url ?? "")) box.append(wrapped(link(url, label)))
  return box
}

function wrapped(node) {
  const line = element("div")
  line.append(node)
  return line
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
