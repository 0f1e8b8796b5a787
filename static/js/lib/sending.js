/* A form that sends itself as a field changes: Enter changes the field and sends the form once more.
   What is on its way already is not sent again. Returns what takes the watch off. */
export function sendOnce(form) {
  let sent = null
  const check = (event) => {
    const values = new URLSearchParams(new FormData(form)).toString()
    if (values !== sent) sent = values
    else {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
  }
  const answered = ({ target }) => {
    if (target === form) sent = null
  }
  form.addEventListener("submit", check, true)
  form.addEventListener("turbo:submit-end", answered)
  return () => {
    form.removeEventListener("submit", check, true)
    form.removeEventListener("turbo:submit-end", answered)
  }
}
