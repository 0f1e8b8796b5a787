const probe = document.createElement("span")
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })

/* The colour behind a token of the style sheet as rgb(), in the theme in force: what draws on a canvas knows
   neither tokens nor light-dark(). */
export function colourOf(token) {
  probe.style.color = `var(${token})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  canvas.clearRect(0, 0, 1, 1)
  canvas.fillStyle = color
  canvas.fillRect(0, 0, 1, 1)
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`
}
