/** In-place complex FFT of a power-of-two length. */
export interface Transform {
  readonly size: number
  readonly forward: (real: Float64Array, imaginary: Float64Array) => void
  /** The inverse without the division by the size. */
  readonly inverse: (real: Float64Array, imaginary: Float64Array) => void
}

const known = new Map<number, Transform>()

export function transformOf(size: number): Transform {
  const before = known.get(size)
  if (before !== undefined) return before
  const made = createTransform(size)
  known.set(size, made)
  return made
}

export function powerOfTwoFor(length: number): number {
  let size = 1
  while (size < length) size *= 2
  return size
}

function createTransform(size: number): Transform {
  const cosines = new Float64Array(size / 2)
  const sines = new Float64Array(size / 2)
  for (let index = 0; index < size / 2; index += 1) {
    cosines[index] = Math.cos((2 * Math.PI * index) / size)
    sines[index] = Math.sin((2 * Math.PI * index) / size)
  }
  const reversed = bitReversal(size)
  const forward = (real: Float64Array, imaginary: Float64Array): void => {
    shuffle(real, reversed)
    shuffle(imaginary, reversed)
    butterflies(real, imaginary, cosines, sines)
  }
  return {
    size,
    forward,
    // swapping the two parts turns the forward transform into the inverse
    inverse: (real, imaginary) => {
      forward(imaginary, real)
    },
  }
}

function bitReversal(size: number): Uint32Array {
  const reversed = new Uint32Array(size)
  const bits = Math.log2(size)
  for (let index = 0; index < size; index += 1) {
    reversed[index] = ((reversed[index >> 1] ?? 0) >> 1) | (index & 1 ? 1 << (bits - 1) : 0)
  }
  return reversed
}

function shuffle(values: Float64Array, reversed: Uint32Array): void {
  for (let index = 0; index < values.length; index += 1) {
    const other = reversed[index]!
    if (other <= index) continue
    const kept = values[index]!
    values[index] = values[other]!
    values[other] = kept
  }
}

function butterflies(
  real: Float64Array,
  imaginary: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  const size = real.length
  for (let span = 1; span < size; span *= 2) {
    const stride = size / (span * 2)
    for (let start = 0; start < size; start += span * 2) {
      for (let offset = 0; offset < span; offset += 1) {
        const turn = offset * stride
        const cosine = cosines[turn]!
        const sine = sines[turn]!
        const low = start + offset
        const high = low + span
        const highReal = real[high]!
        const highImaginary = imaginary[high]!
        const turnedReal = highReal * cosine + highImaginary * sine
        const turnedImaginary = highImaginary * cosine - highReal * sine
        const lowReal = real[low]!
        const lowImaginary = imaginary[low]!
        real[high] = lowReal - turnedReal
        imaginary[high] = lowImaginary - turnedImaginary
        real[low] = lowReal + turnedReal
        imaginary[low] = lowImaginary + turnedImaginary
      }
    }
  }
}
