import { say } from '../domain/speech/tongue.js'
import { RecordUnreadable, StoreUnavailable } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { refuse } from './speak.js'

/** The store is away, or what it holds cannot be read: nothing was changed, and whoever asked is told so. */
export const isStoreFault = (error: unknown): error is StoreUnavailable | RecordUnreadable =>
  error instanceof StoreUnavailable || error instanceof RecordUnreadable

/** M-05: what is kept only so that it outlives the process; without the store the call goes on all the same. */
export async function keepUnlessAway(keeping: Promise<unknown>): Promise<void> {
  try {
    await keeping
  } catch (error) {
    if (!isStoreFault(error)) throw error
  }
}

/** M-05: what cannot be promised without the store is refused in words, and the call ends. */
export async function refusedWithoutStore<T>(
  call: Call,
  scope: Scope,
  deps: Deps,
  story: () => Promise<T>,
): Promise<T | 'over'> {
  try {
    return await story()
  } catch (error) {
    if (!isStoreFault(error)) throw error
    deps.log.error('a caller was refused: the store is away', { call: call.id, error })
    await refuse(call, say(call.tongue, 'refuse/error'), scope, deps)
    return 'over'
  }
}
