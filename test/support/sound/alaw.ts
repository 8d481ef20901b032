/** G.711 A-law there and back: what a telephone line does to a sound. */
export function throughALaw(samples: Float32Array): Float32Array {
  return samples.map(
    (sample) => decode(encode(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))))) / 32_768,
  )
}

function encode(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(4095, (sample >= 0 ? sample : -sample - 1) >> 3)
  let exponent = 7
  while (exponent > 0 && (magnitude & (0x10 << exponent)) === 0) exponent -= 1
  const mantissa = exponent === 0 ? (magnitude >> 1) & 0x0f : (magnitude >> exponent) & 0x0f
  return sign | (exponent << 4) | mantissa
}

function decode(code: number): number {
  const exponent = (code >> 4) & 7
  const mantissa = code & 0x0f
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
  return (code & 0x80) === 0 ? -magnitude : magnitude
}

/** A raw A-law file as samples of full scale. */
export function decodeALaw(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (code) => decode(code ^ 0x55) / 32_768)
}
