/** Waits for all; rejects with the first fault, in the order in which they were begun, when the others are over too. */
export async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason
}
