// The chat page: brings its parts together. What each does is in the module of its name.

import { Attachments } from "livechat/attachments"
import { Composer } from "livechat/composer"
import { byId } from "livechat/elements"
import { BeforeChat } from "livechat/form"
import { Head } from "livechat/head"
import { Host } from "livechat/host"
import { newId } from "livechat/ids"
import { Line } from "livechat/line"
import { Log } from "livechat/log"
import { Outbox } from "livechat/outbox"
import { Seen } from "livechat/seen"
import { Session } from "livechat/session"
import { recall, remember } from "livechat/storage"
import { upload } from "livechat/uploads"
import { say } from "livechat/words"

const page = document.body.dataset
const PATIENCE = 2_000 // before saying that there is no connection
const PROFILE = `tandem:profile:${page.key}`

let context = {}
let consent = null
let profile = recall(PROFILE) ?? {}
let hasEarlier = false

const host = new Host(page.hostOrigin, {
  begin({ token, context: where, user, open }) {
    session.begin(token)
    context = where
    if (user) introduce(user)
    showForm()
    if (session.isKnown) line.start()
    seen.opened(open)
    if (open) focus()
  },
  open() {
    seen.opened(true)
    log.toEnd()
    focus()
  },
  close: () => seen.opened(false),
  page({ context: where }) {
    context = where
    line.say({ type: "page", context })
  },
  user: ({ user }) => introduce(user),
})

const session = new Session(`${page.base}session/`, (token) => {
  host.tell({ type: "token", token })
  if (token) return
  log.clear()
  seen.clear()
})
const attachments = new Attachments((id) => line.say({ type: "file", id }))
const log = new Log(attachments, {
  retry(id) {
    outbox.retry(id)
    log.pend(outbox.entries.find((entry) => entry.id === id))
  },
  remove(id) {
    outbox.taken(id)
    log.remove(id)
  },
  press: ({ label, value }) => post({ text: label, button: value }),
})
const head = new Head(page)
const seen = new Seen((id, status) => line.say({ type: "seen", id, status }), (count) => host.tell({ type: "unread", count }))
const outbox = new Outbox(page.key, ({ id, text, uploads, button }) => line.say({ type: "message", id, text, uploads, button }))
const line = new Line(
  { socket: page.socket, posts: `${page.base}frames/` },
  session,
  () => ({ language: navigator.language, context, profile, consent }),
  { frame: take, opened, closed, over },
)
const composer = new Composer({ largestFile: Number(page.largestFile), mostFiles: Number(page.mostFiles) }, {
  send: (text) => post({ text }),
  attach,
  typing: () => line.say({ type: "typing" }),
  complain: note,
})
const form = new BeforeChat((filled) => {
  consent = filled.consent
  introduce(filled.profile)
  post({ text: filled.question })
  showForm()
  focus()
})

function take(frame) {
  if (Object.hasOwn(frames, frame.type)) frames[frame.type](frame)
}

const frames = {
  hello(frame) {
    if (frame.whole) hasEarlier = frame.has_earlier
    log.take(frame, { whole: frame.whole })
    head.online(frame.online)
    noticed(frame, { isHistory: true })
  },
  news(frame) {
    log.take(frame)
    noticed(frame)
  },
  earlier(frame) {
    hasEarlier = frame.has_earlier
    log.takeEarlier(frame)
  },
  ack({ id }) {
    outbox.taken(id)
    log.taken(id)
    note("")
    consent = null
  },
  refused({ id, reason, retry_after: wait }) {
    if (reason === "rate") {
      note(say("slow"))
      return outbox.pause(wait)
    }
    outbox.refused(id)
    log.pend(outbox.entries.find((entry) => entry.id === id))
  },
  online: ({ online }) => head.online(online),
  typing: ({ name }) => head.typing(name),
  token: ({ token }) => session.renew(token),
  file: ({ id, url }) => attachments.refresh(id, url),
}

// Agents' messages: who writes, what is unread, what the shop's page may want to know.
function noticed({ messages }, { isHistory = false } = {}) {
  for (const { id } of messages) outbox.taken(id)
  const theirs = messages.filter((message) => !message.mine)
  const author = theirs.findLast((message) => message.author)?.author
  if (author) head.meet(author)
  if (theirs.length) head.typed()
  const fresh = seen.take(theirs)
  if (!isHistory) fresh.forEach(({ text, author: by }) => host.tell({ type: "message", text, author: by?.name ?? "" }))
  if (messages.length) showForm()
}

function opened() {
  note("")
  outbox.opened()
  seen.tell()
}

function closed() {
  outbox.closed()
  noteOffline()
}

function over() {
  closed()
  composer.hidden = form.hidden = true
  note(say("off"))
}

function post({ text = "", uploads = [], files = [], button, id = newId() }) {
  const entry = { id, text, uploads, button, at: Date.now(), files: files.map(({ preview, ...file }) => file) }
  log.pend({ ...entry, files })
  outbox.add(entry)
  line.start()
  setTimeout(noteOffline, PATIENCE)
}

function noteOffline() {
  if (!line.isOpen && outbox.entries.length) note(say("offline"))
}

async function attach(file) {
  const id = newId()
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null
  const shown = { id: "", name: file.name, size: file.size, kind: preview ? "image" : "file", preview }
  log.pend({ id, text: "", at: Date.now(), files: [shown] })
  try {
    const kept = await upload(`${page.base}uploads/`, () => session.token(), file, () => note(say("offline")))
    note("")
    post({ id, uploads: [kept.upload], files: [{ ...shown, kind: kept.kind, name: kept.name }] })
  } catch (refusal) {
    log.remove(id)
    note(refusal.words || say("refused", { name: file.name }))
  }
}

function introduce(told) {
  profile = { ...profile, ...Object.fromEntries(Object.entries(told).filter(([, value]) => value)) }
  remember(PROFILE, profile)
  line.say({ type: "profile", profile, consent })
  form.fill(profile)
}

// The form stands before the first message only.
function showForm() {
  const isDue = page.form !== "off" && !session.isKnown && !outbox.entries.length
  form.hidden = !isDue
  byId("body").hidden = composer.hidden = isDue
}

function focus() {
  if (form.hidden) composer.focus()
  else form.focus()
}

function note(words) {
  const place = byId("note")
  place.textContent = words
  place.hidden = !words
}

byId("close").addEventListener("click", () => host.tell({ type: "close" }))
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) host.tell({ type: "close" })
})
byId("body").addEventListener("scroll", () => {
  const first = log.messages[0]
  if (byId("body").scrollTop > 80 || !hasEarlier || !first) return
  hasEarlier = false
  line.say({ type: "earlier", before: first.id })
}, { passive: true })

outbox.entries.forEach((entry) => log.pend(entry))
host.ready()
