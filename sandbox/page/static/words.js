// The page's words, in the browser's language.

export const words = JSON.parse(document.getElementById("strings").textContent)
