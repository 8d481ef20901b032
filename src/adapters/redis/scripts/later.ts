import type { Part } from '../client.js'
import { addMissedCall } from './add-missed-call.js'
import { appendTrace } from './append-trace.js'

/** What nobody waits for, and what is therefore sent together. */
export const later: readonly Part[] = [appendTrace, addMissedCall]
