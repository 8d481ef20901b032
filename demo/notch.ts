/** Samples in a second. */
const rate = 8_000
/** How narrow: four hertz to each side. */
const quality = 60

/** The sound without one tone, in hertz: what is said beside somebody who plays it can be recognised then (a biquad notch). */
export function without(tone: number, samples: Float32Array): Float32Array {
  const angle = (2 * Math.PI * tone) / rate
  const alpha = Math.sin(angle) / (2 * quality)
  const gain = 1 / (1 + alpha)
  const turn = -2 * Math.cos(angle) * gain
  const damping = (1 - alpha) * gain
  const kept = new Float32Array(samples.length)
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  for (const [index, x] of samples.entries()) {
    const y = gain * (x + x2) + turn * (x1 - y1) - damping * y2
    ;[x1, x2, y1, y2] = [x, x1, y, y1]
    kept[index] = y
  }
  return kept
}
