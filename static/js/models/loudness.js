/* How loud a recording is along its way: `count` numbers from 0 to 1. */

export async function loudness(url, count) {
  const answer = await fetch(url)
  const context = new OfflineAudioContext(1, 1, 8_000)
  const sound = await context.decodeAudioData(await answer.arrayBuffer())
  const samples = sound.getChannelData(0)
  const size = Math.max(1, Math.floor(samples.length / count))
  const levels = Array.from({ length: count }, (_, part) => {
    let sum = 0
    for (let index = part * size; index < Math.min(samples.length, (part + 1) * size); index += 1) sum += samples[index] ** 2
    return Math.sqrt(sum / size)
  })
  const loudest = Math.max(...levels) || 1
  return levels.map((level) => level / loudest)
}
