/* What was typed and not sent, kept for each conversation until it is. */

import { read, write } from "lib/storage"

const MOST = 100

export function loadDraft(conversation) {
  return read("drafts", {})[conversation] ?? { reply: "", note: "", mode: "reply" }
}

export function saveDraft(conversation, draft) {
  const { [conversation]: _, ...others } = read("drafts", {})
  const isEmpty = !draft.reply && !draft.note
  const drafts = isEmpty ? others : { ...others, [conversation]: { ...draft, at: Date.now() } }
  const newest = Object.entries(drafts).sort(([, one], [, other]) => other.at - one.at).slice(0, MOST)
  write("drafts", Object.fromEntries(newest))
}
