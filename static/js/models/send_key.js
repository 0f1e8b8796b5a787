/* Which key sends: Enter as in messengers, or Ctrl+Enter as in letters. Ctrl+Enter always does. */

import { read, write } from "lib/storage"

export const sendKey = {
  get habit() {
    return read("send-key", "enter")
  },

  set habit(habit) {
    write("send-key", habit)
  },

  sends({ key, shiftKey, ctrlKey, metaKey }) {
    if (key !== "Enter" || shiftKey) return false
    return ctrlKey || metaKey || (this.habit === "enter" && !matchMedia("(pointer: coarse)").matches)
  },
}
