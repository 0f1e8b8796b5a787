// A message as a bubble. Texts go in as text nodes only.

import { words } from "./api.js"

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
  text_link: "a", url: "a", email: "a",
}

const SERVICES = ["new_chat_members", "left_chat_member", "forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"]

export function bubble(message, { bot, mine, emojis = [], named = false, business = false }) {
  const item = element("li", `bubble${mine ? " bubble--mine" : ""}`)
  item.dataset.message = message.message_id
  const service = SERVICES.find((name) => message[name] !== undefined)
  if (service) return systemLine(item, message, service)
  if (named && !mine) item.append(element("strong", "bubble__who", (message.sender_chat ?? message.from)?.title ?? message.from?.first_name))
  const replied = message.reply_to_message
  if (replied && !replied.forum_topic_created) item.append(element("span", "bubble__reply", summary(replied)))
  item.append(...contents(message, bot), formatted(message))
  item.append(foot(message, mine, business))
  if (emojis.length) item.append(element("span", "bubble__reactions", emojis.join(" ")))
  if (message.reply_markup?.inline_keyboard) item.append(buttons(message.reply_markup.inline_keyboard))
  return item
}

export function summary(message) {
  const text = message.text || message.caption
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

function* contents(message, bot) {
  const address = (file) => bot.file(file.file_id)
  if (message.photo) yield media("img", address(message.photo.at(-1)), words.photo)
  else if (message.video || message.animation || message.video_note)
    yield media("video", address(message.video || message.animation || message.video_note), words.video)
  else if (message.voice || message.audio) yield media("audio", address(message.voice || message.audio), words.voice)
  else if (message.sticker) yield media("img", address(message.sticker), words.sticker)
  else if (message.document) yield link(address(message.document), message.document.file_name || words.file)
  else if (message.venue) yield element("span", "", `${message.venue.title}, ${message.venue.address}`)
  else if (message.location) {
    const { latitude, longitude } = message.location
    yield element("span", "", `${words.location}: ${latitude}, ${longitude}`)
  } else if (message.contact) yield element("span", "", `${message.contact.first_name} ${message.contact.phone_number}`)
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

// Entities count UTF-16 units, and so do JavaScript's strings. They nest and never cross.
function formatted(message) {
  const text = message.text || message.caption || ""
  const entities = message.entities || message.caption_entities || []
  const edges = new Set([0, text.length])
  for (const { offset, length } of entities) edges.add(offset).add(offset + length)
  const sorted = [...edges].sort((one, other) => one - other)
  const fragment = document.createDocumentFragment()
  for (let index = 0; index + 1 < sorted.length; index++) {
    const piece = text.slice(sorted[index], sorted[index + 1])
    let node = document.createTextNode(piece)
    for (const entity of entities) {
      const covers = entity.offset <= sorted[index] && sorted[index] < entity.offset + entity.length
      if (covers && TAGS[entity.type]) node = wrapped(node, entity, piece)
    }
    fragment.append(node)
  }
  return fragment
}

function wrapped(node, entity, piece) {
  const tag = element(TAGS[entity.type])
  if (tag.localName === "a") {
    const address = entity.url || (entity.type === "email" ? `mailto:${piece}` : piece)
    if (/^(https?|mailto|tel):/i.test(address)) tag.href = address
    tag.rel = "noreferrer"
    tag.target = "_blank"
  }
  if (entity.type === "spoiler") {
    tag.className = "spoiler"
    tag.tabIndex = 0
  }
  tag.append(node)
  return tag
}

function foot(message, mine, business) {
  const line = element("span", "bubble__foot")
  const time = new Date(message.date * 1000).toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit" })
  line.append(action("reply", words.reply))
  if (mine && (message.text || message.caption)) line.append(action("edit", words.edit))
  if (mine) line.append(action("delete", words.delete))
  if (!mine && !business) line.append(action("react", words.react))
  line.append(element("span", "", message.edit_date ? `${words.edited} ${time}` : time))
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
    for (const { text, callback_data: data, url } of row) {
      if (url && /^https?:/.test(url)) line.append(link(url, text))
      else {
        const button = element("button", "", text)
        button.type = "button"
        button.dataset.press = data || ""
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
