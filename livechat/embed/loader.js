/* The chat of this site. Puts a button on the page and, behind it, a frame of another origin, so
   that neither can reach into the other. See window.tandem at the end for what the page may call. */
(function (config) {
  "use strict"
  var script = document.currentScript
  var queue = (window.tandem && window.tandem.q) || []
  if (!script || (window.tandem && window.tandem.key) || !Element.prototype.attachShadow) return

  var base = new URL(script.src).origin
  var words = config.words[language()] || config.words.en
  var phone = matchMedia("(max-width: 479.98px)")
  var listeners = {}
  var frame, panel, button, count, invite
  var isOpen = false, isReady = false, unread = 0, user = null

  if (!isAllowed(location.hostname)) {
    console.warn("tandem: this chat is not meant for " + location.hostname)
    return
  }

  /* What outlives the page: the visitor's token, how they first came, what they closed. */
  var memory = {}
  function recall(name) {
    try { return localStorage.getItem("tandem:" + config.key + ":" + name) } catch (e) { return memory[name] || null }
  }
  function keep(name, value) {
    memory[name] = value
    try {
      if (value === null) localStorage.removeItem("tandem:" + config.key + ":" + name)
      else localStorage.setItem("tandem:" + config.key + ":" + name, value)
    } catch (e) { /* private mode: for this page only */ }
  }

  function language() {
    return (config.locale || document.documentElement.lang || navigator.language || "en").slice(0, 2).toLowerCase()
  }

  function isAllowed(host) {
    return !config.domains.length || base === location.origin || config.domains.some(function (domain) {
      return host === domain || host.slice(-domain.length - 1) === "." + domain
    })
  }

  /* How the visitor came: marks in the address, the referrer, ids of counters. */
  var MARKS = /^(tandem_link|utm_(source|medium|campaign|content|term|id)|y?m?clid|gclid|wbraid|gbraid|fbclid|rb_clickid|vk_click_id|ttclid|msclkid)$/
  function touch() {
    var found = {}, isMarked = false
    new URLSearchParams(location.search).forEach(function (value, name) {
      if (MARKS.test(name)) { found[name] = value.slice(0, 500); isMarked = true }
    })
    var isForeign = document.referrer && new URL(document.referrer).host !== location.host
    if (!isMarked && !isForeign) return null
    if (isForeign) found.referrer = document.referrer.slice(0, 500)
    found.landing_page = location.href.slice(0, 500)
    found.at = new Date().toISOString()
    return found
  }
  function cookie(name) {
    var match = document.cookie.match(new RegExp("(?:^|; )" + name + "=([^;]*)"))
    return match ? decodeURIComponent(match[1]) : undefined
  }
  function parsed(text) {
    try { return JSON.parse(text) || undefined } catch (e) { return undefined }
  }
  function context() {
    return {
      url: location.href.slice(0, 500), title: document.title.slice(0, 500), referrer: document.referrer.slice(0, 500),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: navigator.language,
      viewport: innerWidth + "x" + innerHeight,
      first_touch: parsed(recall("first")), last_touch: parsed(recall("last")),
      ids: { ym_client_id: cookie("_ym_uid"), ga_client_id: cookie("_ga"), fbp: cookie("_fbp"), fbc: cookie("_fbc") }
    }
  }
  var came = touch()
  if (came) {
    if (!recall("first")) keep("first", JSON.stringify(came))
    keep("last", JSON.stringify(came))
  }

  /* The button, the invitation and the frame, in a shadow root: the page's styles stay outside. */
  var SIDE = config.position === "left" ? "left" : "right"
  var END = SIDE === "left" ? "start" : "end"
  var STYLE = ":host{all:initial}" +
    "*{box-sizing:border-box;margin:0}" +
    ".box{--surface:#fff;--text:#23221f;--muted:#63615b;--line:#e4e3df;position:fixed;bottom:20px;" + SIDE + ":20px;z-index:2147483000;display:grid;justify-items:" + END + ";gap:12px;color:var(--text);font:400 15px/1.42 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}" +
    ".box.is-dark{--surface:#1b1b19;--text:#eae9e6;--muted:#b3b1ab;--line:#383734;color-scheme:dark}" +
    "button{font:inherit;border:0;cursor:pointer}" +
    ":focus-visible{outline:2px solid var(--color);outline-offset:2px}" +
    "[hidden]{display:none!important}" +
    "svg{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}" +
    ".open{position:relative;display:grid;place-items:center;width:56px;height:56px;padding:0;border-radius:50%;background:var(--color);color:var(--on-color);box-shadow:0 6px 20px -4px rgba(20,24,28,.4)}" +
    ".open svg{width:26px;height:26px}" +
    ".count{position:absolute;top:-2px;right:-2px;min-width:20px;padding:0 5px;border-radius:16px;background:#c22f2e;color:#fff;font-size:12px;font-weight:600;line-height:20px;text-align:center}" +
    ".invite{position:relative;max-width:min(272px,calc(100vw - 40px));border-radius:14px;border-end-" + END + "-radius:4px;background:var(--surface);box-shadow:0 0 0 1px var(--line),0 8px 28px -8px rgba(0,0,0,.25)}" +
    ".say{width:100%;padding:12px 40px 12px 14px;border-radius:inherit;background:none;color:inherit;text-align:start;white-space:pre-line;overflow-wrap:anywhere}" +
    ".hide{position:absolute;top:0;right:0;display:grid;place-items:center;width:44px;height:44px;border-radius:8px;background:none;color:var(--muted)}" +
    ".hide svg{width:14px;height:14px}" +
    ".panel{width:360px;height:640px;max-width:calc(100vw - 40px);max-height:calc(100dvh - 40px);border-radius:16px;overflow:hidden;background:var(--surface);box-shadow:0 0 0 1px var(--line),0 20px 56px -12px rgba(0,0,0,.35)}" +
    "iframe{display:block;width:100%;height:100%;border:0}" +
    "@media(max-width:479.98px){.box.is-open{inset:0;display:block}.panel{width:100%;height:100%;max-width:none;max-height:none;border-radius:0}}" +
    "@media print{.box{display:none}}"

  /* Dark where the page itself is: most shops are light, whatever the visitor's system prefers. */
  function isDark() {
    var scheme = getComputedStyle(document.documentElement).colorScheme || ""
    return /dark/.test(scheme) && (!/light/.test(scheme) || matchMedia("(prefers-color-scheme: dark)").matches)
  }

  function make(tag, name, parent) {
    var element = document.createElement(tag)
    if (name) element.className = name
    if (tag === "button") element.type = "button"
    parent.appendChild(element)
    return element
  }
  function drawing(path, parent) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    svg.setAttribute("viewBox", "0 0 20 20")
    svg.setAttribute("aria-hidden", "true")
    var line = document.createElementNS("http://www.w3.org/2000/svg", "path")
    line.setAttribute("d", path)
    svg.appendChild(line)
    parent.appendChild(svg)
  }

  var home = document.createElement("div")
  home.id = "tandem-chat"
  var root = home.attachShadow({ mode: "open" })
  // Constructed sheets need no permission from the page's Content-Security-Policy.
  try {
    var sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
  } catch (e) {
    root.appendChild(document.createElement("style")).textContent = STYLE
  }
  var box = make("div", "box", root)
  box.style.setProperty("--color", config.color)
  box.style.setProperty("--on-color", config.onColor)
  panel = make("div", "panel", box)
  panel.hidden = true
  if (config.greeting) {
    invite = make("div", "invite", box)
    invite.hidden = true
    var say = make("button", "say", invite)
    say.textContent = config.greeting
    say.addEventListener("click", open)
    var hide = make("button", "hide", invite)
    hide.setAttribute("aria-label", words.hide)
    drawing("m5 5 10 10M15 5 5 15", hide)
    hide.addEventListener("click", function () { dismiss(); button.focus() })
  }
  button = make("button", "open", box)
  button.setAttribute("aria-expanded", "false")
  drawing("M4 5.5A1.5 1.5 0 0 1 5.5 4h9A1.5 1.5 0 0 1 16 5.5v6a1.5 1.5 0 0 1-1.5 1.5H9l-3.5 3V13A1.5 1.5 0 0 1 4 11.5Z", button)
  count = make("span", "count", button)
  button.addEventListener("click", toggle)

  function show() {
    panel.hidden = !isOpen
    button.hidden = isOpen
    box.classList.toggle("is-open", isOpen)
    button.setAttribute("aria-expanded", String(isOpen))
    if (invite && isOpen) invite.hidden = true
    document.documentElement.style.overflow = isOpen && phone.matches ? "hidden" : ""
    count.hidden = !unread
    count.textContent = unread > 99 ? "99+" : String(unread)
    button.setAttribute("aria-label", unread ? words.unread.replace("{count}", unread) : words.open)
  }
  function dismiss() {
    if (!invite) return
    invite.hidden = true
    keep("dismissed", "1")
  }

  /* The frame and the words with it. Both ends name each other's origin; others are not heard. */
  function load() {
    if (frame) return
    frame = document.createElement("iframe")
    frame.title = words.chat
    frame.allow = "clipboard-write"
    frame.src = base + "/chat/" + config.key + "/frame/?origin=" + encodeURIComponent(location.origin) + "&lang=" + encodeURIComponent(language()) + (isDark() ? "&theme=dark" : "")
    panel.appendChild(frame)
  }
  function tell(message) {
    if (isReady) frame.contentWindow.postMessage(message, base)
  }
  addEventListener("message", function (event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base) return
    var message = event.data
    if (!message || typeof message !== "object") return
    if (message.type === "ready") {
      isReady = true
      tell({ type: "begin", token: recall("token"), context: context(), user: user, open: isOpen })
      emit("ready")
    } else if (message.type === "token") {
      keep("token", typeof message.token === "string" ? message.token : null)
    } else if (message.type === "close") {
      close()
    } else if (message.type === "unread") {
      unread = Math.max(0, message.count | 0)
      show()
      emit("unread", unread)
    } else if (message.type === "message") {
      emit("message", { text: String(message.text), author: String(message.author) })
    }
  })

  function open() {
    load()
    isOpen = true
    dismiss()
    show()
    tell({ type: "open" })
    frame.focus()
    emit("open")
  }
  function close() {
    if (!isOpen) return
    isOpen = false
    show()
    tell({ type: "close" })
    button.focus()
    emit("close")
  }
  function toggle() { if (isOpen) close(); else open() }

  function emit(name, value) {
    (listeners[name] || []).forEach(function (listener) {
      try { listener(value) } catch (error) { setTimeout(function () { throw error }) }
    })
  }

  /* What the page may call: tandem("open"), tandem("on", "message", f), tandem("setUser", {name, email, phone}). */
  var verbs = {
    open: open, close: close, toggle: toggle,
    on: function (name, listener) {
      (listeners[name] = listeners[name] || []).push(listener)
      if (name === "ready" && isReady) listener()
    },
    setUser: function (given) {
      user = { name: String((given && given.name) || ""), email: String((given && given.email) || ""), phone: String((given && given.phone) || "") }
      tell({ type: "user", user: user })
    },
    reset: function () {
      keep("token", null)
      user = null
      unread = 0
      if (frame) { frame.remove(); frame = null; isReady = false }
      isOpen = false
      show()
    }
  }
  function tandem(name) {
    if (verbs[name]) return verbs[name].apply(null, [].slice.call(arguments, 1))
    console.warn("tandem: there is no " + name)
  }
  Object.keys(verbs).forEach(function (name) { tandem[name] = verbs[name] })
  tandem.key = config.key
  window.tandem = tandem

  /* Pages that change without loading: tell where the visitor is now. */
  var address = location.href
  setInterval(function () {
    if (location.href === address) return
    address = location.href
    tell({ type: "page", context: context() })
  }, 1000)
  phone.addEventListener("change", show)

  function begin() {
    box.classList.toggle("is-dark", isDark())
    document.body.appendChild(home)
    show()
    // Who has written before hears of an answer at once; others load nothing until they ask.
    if (recall("token")) load()
    if (invite && !recall("dismissed") && !recall("token")) {
      setTimeout(function () { if (!isOpen && !recall("dismissed")) invite.hidden = false }, 1500)
    }
    queue.forEach(function (call) { tandem.apply(null, call) })
  }
  if (document.body) begin()
  else addEventListener("DOMContentLoaded", begin)
})(__CONFIG__)
