import { NoSuchThing, WrongState } from '../ports/pbx.js'

/** False: whoever it was about has hung up at this very moment; their end is told, and is what counts. Rejects with any other fault. */
export async function unlessGone(command: Promise<unknown>): Promise<boolean> {
  try {
    await command
    return true
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    return false
  }
}
