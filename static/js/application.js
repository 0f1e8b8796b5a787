/* Starts Turbo and Stimulus on every page.

   A file's name is all the wiring there is; the import map lists what lies under static/js:
   - controllers/composer_controller.js     -> data-controller="composer"
   - controllers/message_list_controller.js -> data-controller="message-list"
   - controllers/inbox/list_controller.js   -> data-controller="inbox--list"
   - elements/local_time.js                 -> <local-time>; the module defines the element itself
   A controller's module is fetched when its data-controller first appears on a page.
   Import our own modules by their bare names: import { Current } from "lib/current". */

import * as Turbo from "@hotwired/turbo"
import { Application } from "@hotwired/stimulus"
import { loadControllers, loadElements } from "lib/loading"
import { confirmInDialog } from "lib/confirm"
import { Current } from "lib/current"
import { addStreamActions } from "lib/stream_actions"

const application = Application.start()
addStreamActions()
loadElements()
loadControllers(application)

Turbo.config.forms.confirm = confirmInDialog
Turbo.config.drive.progressBarDelay = 250

addEventListener("turbo:before-fetch-request", ({ detail }) => {
  if (detail.fetchOptions.method?.toUpperCase() !== "GET") detail.fetchOptions.headers["X-CSRFToken"] = Current.csrf
})

// Turbo swaps the body; what a person chose for the whole document sits on <html>.
addEventListener("turbo:before-render", ({ detail }) => {
  const { lang, dataset } = detail.newBody.ownerDocument.documentElement
  document.documentElement.lang = lang
  if (dataset.theme) document.documentElement.dataset.theme = dataset.theme
  else delete document.documentElement.dataset.theme
})

// A fetch that Turbo gives up when its body is on the way already: nobody has to be told.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name === "AbortError") event.preventDefault()
})
