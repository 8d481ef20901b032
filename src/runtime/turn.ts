/** Resolves when what is being done at this moment is done, and what it has to send is sent: behind everything of `whenSettled`. */
export const afterThis = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** Runs `action` when all that could go on at once has gone on: behind the promises that are settled now, and what follows from them. */
export function whenSettled(action: () => void): void {
  queueMicrotask(() => {
    process.nextTick(action)
  })
}
