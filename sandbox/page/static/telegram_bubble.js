// A message of Telegram's as a bubble.

import { bubbleOf, element, foot, formatted, keyboard, link, media, place, reactions } from "./nodes.js"
import { words } from "./words.js"

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
  text_link: "a", url: "a", email: "a",
}

const SERVICES = ["new_chat_members", "left_chat_member", "forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"]

// `fileOf` makes the address of a file out of its id.
export function bubble(message, { fileOf, mine, emojis = [], named = false, business = false }) {
  const item = bubbleOf(message.message_id, mine)
  const service = SERVICES.find((name) => message[name] !== undefined)
  if (service) return systemLine(item, message, service)
  if (named && !mine) item.append(element("strong", "bubble__who", (message.sender_chat ?? message.from)?.title ?? message.from?.first_name))
  const replied = message.reply_to_message
  if (replied && !replied.forum_topic_created) item.append(element("span", "bubble__reply", summary(replied)))
  const ranges = (message.entities ?? message.caption_entities ?? []).map(({ offset, ...range }) => ({ ...range, start: offset }))
  item.append(...contents(message, fileOf), formatted(wording(message), ranges, tagOf))
  item.append(foot(actions(message, mine, business), message.date * 1000, { before: message.edit_date && words.edited }))
  item.append(...reactions(emojis))
  const markup = message.reply_markup?.inline_keyboard
  if (markup) item.append(keyboard(markup.map((row) => row.map(key))))
  return item
}

export function wording(message) {
  return message.text || message.caption || ""
}

export function summary(message) {
  const text = wording(message)
  if (text) return text.slice(0, 80)
  const kind = ["photo", "video", "voice", "location", "contact", "document"].find((name) => message[name])
  return words[kind] || words.file
}

function systemLine(item, message, service) {
  const value = message[service]
  const detail = [].concat(value).map((one) => one?.first_name ?? one?.name ?? one).join(", ")
  item.className = "bubble bubble--system"
  item.append(element("span", "", `${words[service]}: ${detail}`))
  return item
}

function* contents(message, fileOf) {
  const address = (file) => fileOf(file.file_id)
  if (message.photo) yield media("img", address(message.photo.at(-1)), words.photo)
  else if (message.video || message.animation || message.video_note)
    yield media("video", address(message.video || message.animation || message.video_note), words.video)
  else if (message.voice || message.audio) yield media("audio", address(message.voice || message.audio), words.voice)
  else if (message.sticker) yield media("img", address(message.sticker), words.sticker)
  else if (message.document) yield link(address(message.document), message.document.file_name || words.file)
  else if (message.venue) yield element("span", "", `${message.venue.title}, ${message.venue.address}`)
  else if (message.location) yield place(message.location)
  else if (message.contact) yield element("span", "", `${message.contact.first_name} ${message.contact.phone_number}`)
}

function tagOf({ type, url }, piece) {
  if (!TAGS[type]) return null
  const tag = element(TAGS[type])
  if (tag.localName === "a") {
    const address = url || (type === "email" ? `mailto:${piece}` : piece)
    if (/^(https?|mailto|tel):/i.test(address)) tag.href = address
    tag.rel = "noreferrer"
    tag.target = "_blank"
  }
  if (type === "spoiler") {
    tag.className = "spoiler"
    tag.tabIndex = 0
  }
  return tag
}

function actions(message, mine, business) {
  const found = [["reply", words.reply]]
  if (mine && wording(message)) found.push(["edit", words.edit])
  if (mine) found.push(["delete", words.delete])
  if (!mine && !business) found.push(["react", words.react])
  return found
}

function key({ text, callback_data: data, url }) {
  return { label: text, address: url, data: { press: data || "" } }
}
