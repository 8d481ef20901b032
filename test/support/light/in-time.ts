/** Milliseconds; longer than anything takes that a test or a benchmark waits for. */
const patience = 30_000

/** Rejects when it takes longer than a person would wait. `what` is named then. */
export async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`waited in vain for ${what}`))
    }, patience)
  })
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
  })
}
