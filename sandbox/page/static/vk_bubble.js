// A message of VK's as a bubble. Texts go in as text nodes only.

import { words } from "./api.js"

// VK numbers its reactions, from 1 on.
export const emojis = ["❤", "🔥", "😂", "👍", "💩", "❓", "😭", "😡", "👎", "👌", "😃", "🤔", "🙏", "😘", "😍", "🎉"]

export function bubble(message, { mine, emoji, read }) {
  const item = element("li", `bubble${mine ? " bubble--mine" : ""}`)
  item.dataset.message = message.conversation_message_id
  if (message.reply_message) item.append(element("span", "bubble__reply", summary(message.reply_message)))
  for (const attachment of message.attachments) item.append(shown(attachment))
  if (message.geo) {
    const { latitude, longitude } = message.geo.coordinates
    item.append(element("span", "", `${words.location}: ${latitude}, ${longitude}`))
  }
  item.append(document.createTextNode(message.text), foot(message, mine, read))
  const reactions = [emoji, emojis[message.reaction_id - 1]].filter(Boolean).join(" ")
  if (reactions) item.append(element("span", "bubble__reactions", reactions))
  if (message.keyboard?.buttons) item.append(buttons(message.keyboard.buttons))
  return item
}

export function summary(message) {
  return message.text?.slice(0, 80) || (message.attachments?.[0]?.type === "photo" ? words.photo : words.file)
}

function shown({ type, [type]: body }) {
  if (type === "photo") return media("img", body.sizes.at(-1).url, words.photo)
  if (type === "audio_message") return media("audio", body.link_ogg, words.voice)
  if (type === "doc") return link(body.url, body.title)
  return element("span", "", type)
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

function foot(message, mine, read) {
  const line = element("span", "bubble__foot")
  const time = new Date(message.date * 1000).toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit" })
  line.append(action("reply", words.reply), mine ? action("edit", words.edit) : action("react", words.react))
  const facts = [message.update_time && words.edited, time, read && words.read].filter(Boolean)
  line.append(element("span", "", facts.join(" ")))
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
    for (const { action: { type, label, payload = "", link: address } } of row) {
      if (type === "open_link" && /^https?:/.test(address)) line.append(link(address, label))
      else {
        const button = element("button", "", label ?? words[type] ?? type)
        button.type = "button"
        Object.assign(button.dataset, { press: type, payload: typeof payload === "string" ? payload : JSON.stringify(payload) })
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
