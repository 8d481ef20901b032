import { textOf } from '../domain/speech/phrase.js'
import type { CompanyId } from '../domain/ids.js'
import type { Talk } from '../domain/talk/talk.js'
import { stateOf, type TalkVerb } from '../domain/talk/verbs.js'
import type { HeldTalk, NotTalked, ParkFrom, TalkOperations } from '../ports/operations.js'
import type { Deps } from './call.js'
import { askTalk } from './talk-verbs.js'

/** What the HTTP interface does with talks; the same stories as by key. */
export function talkOperations(deps: Deps): TalkOperations {
  return {
    talks: (company) => deps.talks.of(company).map(seen),
    watchTalks: (company, changed) =>
      deps.talks.onChange((whose) => {
        if (whose === company) changed()
      }),
    act: (company, from, verb) => act(company, from, verb, deps),
  }
}

const seen = (talk: Talk): HeldTalk => ({
  conversation: talk.conversation,
  state: stateOf(talk),
  parties: talk.parties.map(({ leg, role, person, name, number }) => ({
    role,
    person,
    name,
    number,
    aside: talk.aside.includes(leg),
  })),
  calling: talk.invitation && {
    as: talk.invitation.as,
    name: talk.invitation.callee.name,
    number: talk.invitation.callee.number,
  },
})

async function act(
  id: CompanyId,
  from: ParkFrom,
  verb: TalkVerb,
  deps: Deps,
): Promise<'done' | { readonly refused: NotTalked; readonly words?: string }> {
  const { exchange, talks, calls } = deps
  const company = deps.directory().companies.get(id)
  const person = company?.people.find((one) =>
    from.kind === 'person' ? one.id === from.person : one.devices.some(({ name }) => name === from.device),
  )
  if (!person) return { refused: from.kind === 'device' ? 'noSuchDevice' : 'noSuchPerson' }
  const devices = person.devices
    .map(({ name }) => name)
    .filter((name) => from.kind === 'person' || name === from.device)
  const isTheirs = (leg: (typeof exchange.legs)[number]): boolean =>
    leg.info.device !== undefined && devices.includes(leg.info.device) && leg.state === 'up'
  const table = talks.withLeg((leg) => exchange.legs.some((one) => one.id === leg && isTheirs(one)))
  const party = table?.talk.parties.find(({ leg }) =>
    exchange.legs.some((one) => one.id === leg && isTheirs(one)),
  )
  const leg = party && exchange.leg(party.leg)
  const call = leg && calls.storyOf(leg)
  if (!table || !leg || !call) return { refused: 'noTalk' }
  const end = await askTalk(call, table, leg, verb, deps)
  return end === 'done' ? end : { refused: end.why ?? 'cannotInvite', words: textOf(end.words) }
}
