import type { AbsenceSource, Reason } from '../../../src/domain/absence/absence.js'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import { buildDirectory } from '../../../src/domain/directory/directory.js'
import type { CallId, DeviceName, E164, Extension, PersonId } from '../../../src/domain/ids.js'
import type { Decision, Outcome, Routed } from '../../../src/domain/routing/decision.js'
import { next } from '../../../src/domain/routing/next.js'
import type { Caller, CurrentAbsence, Question, Situation } from '../../../src/domain/routing/question.js'

/** 2026-03-02 11:30 in Stockholm, a Monday. */
export const now = Date.UTC(2026, 2, 2, 10, 30)

const person = (id: string, extension: string, more: object = {}) => ({
  id,
  name: id,
  extension,
  numbers: [`+46812345${extension}`],
  devices: [{ name: `${id}-desk` }],
  ...more,
})

/** An office after the template of a telephone policy: roles as data, reception Rut and Rolf. */
export const office = (more: object = {}): Company =>
  companySchema.parse({
    company: 'exempel',
    name: 'Exempel AB',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46812345000',
    owned: ['+46812345650'],
    emergencyShows: '+46812345999',
    serviceNumber: '+46812345790',
    serviceExtension: '790',
    trunk: { name: 'provider', host: 'sip.example.net' },
    reception: { people: ['rut', 'rolf'] },
    grey: { outgoing: ['+882'], incoming: ['+881'] },
    vip: [{ number: '+46800000001' }],
    profile: { busy: 'voicemail', absent: 'reception' },
    roles: {
      saljare: { profile: { busy: 'reception', absent: 'queue:sales' } },
      tekniker: { profile: { busy: 'queue:service', absent: 'reception', shows: '+46812345650' } },
      chef: { mayDeputise: true },
    },
    people: [
      person('rut', '100'),
      person('rolf', '109'),
      person('anna', '101', { vip: [{ number: '+46800000002' }], substitute: 'person:bo' }),
      person('bo', '102'),
      person('sven', '103', { role: 'saljare', devices: [{ name: 'sven-mobile', kind: 'mobile' }] }),
      person('tove', '104', { role: 'tekniker' }),
      person('karin', '105', { role: 'chef' }),
      person('dag', '106', { devices: [] }),
      person('eva', '107', { deputyFor: ['anna'] }),
    ],
    ...more,
  })

export const reason = (id: string, more: Partial<Reason> = {}): Reason => ({
  id,
  digit: '1',
  argument: 'time',
  argumentRequired: false,
  defaultEnd: { kind: 'open' },
  pastMeansNextDay: false,
  sensitive: false,
  stillRing: false,
  enabled: true,
  ...more,
})

export const absent = (
  who: string,
  more: {
    readonly source?: AbsenceSource
    readonly reason?: Reason
    readonly number?: string
    readonly setBy?: string
  } = {},
): CurrentAbsence => {
  const why = more.reason ?? reason('lunch')
  return {
    reason: why,
    absence: {
      id: `${who}-absence`,
      person: who as PersonId,
      reason: why.id,
      source: more.source ?? 'person',
      from: now - 60_000,
      until: now + 3_600_000,
      returnForm: 'time',
      number: more.number as E164 | Extension | undefined,
      setBy: (more.setBy ?? who) as PersonId,
      setAt: now - 60_000,
      means: 'keypad',
    },
  }
}

const free: Situation = { busy: false, phones: 'some' }
export type Situations = Readonly<Record<string, Partial<Situation>>>

export const phone = (id: string, device = `${id}-desk`): Caller => ({
  kind: 'phone',
  person: id as PersonId,
  device: device as DeviceName,
})
export const customer = (number = '+46701740605'): Caller => ({ kind: 'trunk', number: number as E164 })

export const asked = (
  dialled: string,
  how: {
    readonly caller?: Caller
    readonly people?: Situations
    readonly company?: Company
    readonly insists?: boolean
  } = {},
): Question => {
  const company = how.company ?? office()
  return {
    call: 'call-1' as CallId,
    now,
    company,
    directory: buildDirectory([company]),
    caller: how.caller ?? customer(),
    dialled,
    situationOf: (id) => ({ ...free, ...how.people?.[id] }),
    insists: how.insists,
  }
}

/** The short name a reader would give a decision: `ring anna`, `voicemail bo`, `announce anna lunch`. */
export function inWords(decision: Decision): string {
  switch (decision.to) {
    case 'ring':
    case 'voicemail':
    case 'callback':
      return `${decision.to} ${decision.person}`
    case 'reception':
      return `reception ${decision.phones.map((rung) => rung.person).join('+')}`
    case 'announce':
      return `announce ${decision.person} ${
        decision.says.because === 'absent' ? decision.says.reason.id : decision.says.because
      }`
    case 'queueCallback':
      return `queueCallback ${decision.ticket.queue}`
    case 'queue':
      return `queue ${decision.queue}`
    case 'menu':
      return `menu ${decision.menu}`
    case 'external':
      return `external ${decision.number} shown ${decision.shown}`
    case 'emergency':
      return `emergency ${decision.number} shown ${decision.shown}`
    case 'feature':
      return `feature ${decision.code}`
    case 'service':
      return 'service'
    case 'reject':
      return `reject ${decision.why}`
    default:
      return decision satisfies never
  }
}

/** The whole way of a call whose decisions come out as told. */
export function way(question: Question, first: Routed, ...outcomes: readonly Outcome[]): readonly string[] {
  const words = [inWords(first.decision)]
  let decision = first.decision
  for (const outcome of outcomes) {
    decision = next(question, decision, outcome).decision
    words.push(inWords(decision))
  }
  return words
}
