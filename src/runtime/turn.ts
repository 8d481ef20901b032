/** Runs `action` when all that could go on at once has gone on: behind the promises that are settled now, and what follows from them. */
export function whenSettled(action: () => void): void {
  queueMicrotask(() => {
    process.nextTick(action)
  })
}
