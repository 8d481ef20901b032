import { getPriority, setPriority } from 'node:os'

/** Steps of niceness by which what is tested goes before what listens to it. */
const STEPS = 10
let running = 0
let own = 0

/**
 * Processes started in `start` go before this one, where that is permitted (as root): recognising speech takes a whole processor, and
 * sound that comes late because of it would be a fault of the test. A child inherits the niceness of whom it is started by.
 */
export async function ahead<T>(start: () => T | Promise<T>): Promise<T> {
  if (running === 0) own = getPriority()
  running += 1
  try {
    tryPriority(own - STEPS)
    return await start()
  } finally {
    running -= 1
    if (running === 0) tryPriority(own)
  }
}

function tryPriority(priority: number): void {
  try {
    setPriority(Math.max(-20, priority))
  } catch {
    // Not permitted: then all are equal, as they were.
  }
}
