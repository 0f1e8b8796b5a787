// A message of VK's as a bubble.

import { bubbleOf, element, foot, keyboard, link, media, place, reactions } from "./nodes.js"
import { words } from "./words.js"

// VK numbers its reactions, from 1 on.
export const emojis = ["❤", "🔥", "😂", "👍", "💩", "❓", "😭", "😡", "👎", "👌", "😃", "🤔", "🙏", "😘", "😍", "🎉"]

export function bubble(message, { mine, emoji, read }) {
  const item = bubbleOf(message.conversation_message_id, mine)
  if (message.reply_message) item.append(element("span", "bubble__reply", summary(message.reply_message)))
  for (const attachment of message.attachments) item.append(shown(attachment))
  if (message.geo) item.append(place(message.geo.coordinates))
  const actions = [["reply", words.reply], mine ? ["edit", words.edit] : ["react", words.react]]
  const facts = { before: message.update_time && words.edited, after: read && words.read }
  item.append(message.text, foot(actions, message.date * 1000, facts))
  item.append(...reactions([emoji, emojis[message.reaction_id - 1]]))
  if (message.keyboard?.buttons) item.append(keyboard(message.keyboard.buttons.map((row) => row.map(key))))
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

function key({ action: { type, label, payload = "", link: address } }) {
  const said = typeof payload === "string" ? payload : JSON.stringify(payload)
  const data = { press: type, payload: said }
  return { label: label ?? words[type] ?? type, address: type === "open_link" ? address : "", data }
}
