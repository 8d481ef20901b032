import type { KeyedAbsence } from '../domain/absence/set-code.js'
import type { FeatureCode } from '../domain/feature-codes/table.js'
import type { Extension } from '../domain/ids.js'
import type { Scope } from '../runtime/scope.js'
import { say } from '../domain/speech/tongue.js'
import type { Call, Deps } from './call.js'
import { cancelAbsence } from './cancel-absence.js'
import { pickUp } from './pick-up.js'
import { hoursByCode } from './hours-codes.js'
import { listenMessages } from './listen-messages.js'
import { fetchByCode, parkByCode, wishOf } from './park-codes.js'
import { queueByCode } from './queue-codes.js'
import { readAbsence } from './read-absence.js'
import { recordOwn } from './record-own.js'
import { isStoreFault } from './store-away.js'
import { setAbsence } from './set-absence.js'
import type { CodeEnd, Keyer } from './take-code.js'
import { ofAnother, own, type Whose } from './whose-absence.js'

/** Which story each feature code tells. Without the store nothing is promised: the caller is told to try again (M-05). */
export async function runCode(
  call: Call,
  code: FeatureCode,
  keyer: Keyer,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  try {
    return await storyOf(call, code, keyer, scope, deps)
  } catch (error) {
    if (!isStoreFault(error)) throw error
    deps.log.error('a feature code could not be carried out: the store is away', {
      call: call.id,
      code: code.id,
      error,
    })
    return { refused: say(call.tongue, 'refuse/error') }
  }
}

async function storyOf(
  call: Call,
  code: FeatureCode,
  { actor, means }: Keyer,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const another = (extension: string, story: (whose: Whose) => Promise<CodeEnd>): Promise<CodeEnd> =>
    ofAnother(call, actor, extension, means, scope, deps).then((whose) => (whose ? story(whose) : 'done'))
  switch (code.id) {
    case 'absence.set':
      return setAbsence(call, keyedOf(code.args), own(actor, means), scope, deps)
    case 'absence.setFor':
      return another(code.args.extension, (whose) => setAbsence(call, keyedOf(code.args), whose, scope, deps))
    case 'absence.cancel':
      return cancelAbsence(call, own(actor, means), scope, deps)
    case 'absence.cancelFor':
      return another(code.args.extension, (whose) => cancelAbsence(call, whose, scope, deps))
    case 'absence.readBack':
      return readAbsence(call, own(actor, means), scope, deps)
    case 'absence.readBackFor':
      return another(code.args.extension, (whose) => readAbsence(call, whose, scope, deps))
    case 'messages':
      return listenMessages(call, actor, scope, deps)
    case 'record':
      return recordOwn(call, actor, code.args.what, scope, deps)
    case 'park.here':
    case 'park.group':
    case 'park.onlyGroup': {
      const wish = wishOf(code)
      return wish ? parkByCode(call, actor, wish, scope, deps) : 'done'
    }
    case 'park.fetch':
      return fetchByCode(call, actor, code.args.extension, scope, deps)
    case 'pickup':
      return pickUp(call, actor, code.args.extension as Extension, scope, deps)
    case 'hours.set':
    case 'hours.usual':
    case 'hours.readBack':
      return hoursByCode(call, actor, code, scope, deps)
    case 'queue.login':
    case 'queue.logout':
    case 'queue.pause':
    case 'queue.resume':
    case 'queue.extendWrapUp':
    case 'queue.endWrapUp':
      return queueByCode(call, actor, code, scope, deps)
    default:
      return code satisfies never
  }
}

function keyedOf(args: {
  readonly reason?: string | undefined
  readonly first?: string | undefined
  readonly second?: string | undefined
}): KeyedAbsence {
  return { reason: args.reason ?? '', first: args.first, second: args.second }
}
