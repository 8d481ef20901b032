import type { E164 } from '../ids.js'
import { oncePer } from '../remembered.js'
import type { Company, Device, DeviceKind, Person, Profile, RecurringEntry, TargetWord } from './company.js'

/** Why a call to somebody goes on elsewhere; each has its own target (R-05, O-07). */
export const conditions = [
  'busy',
  'absent',
  'noAnswer',
  'notReachable',
  'doNotDisturb',
  'menu',
] as const satisfies readonly (keyof Profile)[]
export type Condition = (typeof conditions)[number]

/** What holds for one person after person, role, company and the product's standard were laid over each other. */
export interface ResolvedProfile {
  readonly busy: TargetWord
  /** `announcement`: the reason in words and the menu, then `menu`. */
  readonly absent: TargetWord
  readonly noAnswer: TargetWord
  readonly notReachable: TargetWord
  readonly doNotDisturb: TargetWord
  /** Where a caller goes who keys nothing in the menu after an announcement (H-34). */
  readonly menu: TargetWord
  readonly ringSeconds: number
}

/**
 * The product's standard, the same for fixed and mobile phones (O-07): busy on the phone goes to the mailbox,
 * an absence is announced, and nobody is left without a mailbox.
 */
export const standardProfile = {
  busy: 'voicemail',
  absent: 'announcement',
  noAnswer: 'voicemail',
  notReachable: 'voicemail',
  doNotDisturb: 'voicemail',
} as const satisfies Profile

/** A fixed phone shows the person's direct number, a mobile the company's main number (O-07); a person's browser phone is a fixed phone. */
const standardShows: Readonly<Record<DeviceKind, string>> = { fixed: 'own', webrtc: 'own', mobile: 'main' }

/** The layers a person's profile is made of, strongest first, each with its place in the company file. */
export const profileLayers = (
  company: Company,
  person: Person,
): readonly { readonly path: readonly (string | number)[]; readonly profile: Profile }[] => {
  const role = person.role === undefined ? undefined : ownRole(company, person.role)
  return [
    ...(person.profile === undefined
      ? []
      : [{ path: ['people', company.people.indexOf(person), 'profile'], profile: person.profile }]),
    ...(role === undefined ? [] : [{ path: ['roles', person.role ?? '', 'profile'], profile: role.profile }]),
    { path: ['profile'], profile: company.profile },
  ]
}

/** A role of the company by name; names come from people, so `constructor` must not find anything. */
export const ownRole = (
  company: Pick<Company, 'roles'>,
  role: string,
): Company['roles'][string] | undefined =>
  Object.hasOwn(company.roles, role) ? company.roles[role] : undefined

type WithRoles = Pick<Company, 'roles'>

/** O-08: the person's own working hours, or else those of the role. */
export const scheduleOf = (company: WithRoles, person: Person): Person['schedule'] =>
  person.schedule ?? (person.role === undefined ? undefined : ownRole(company, person.role)?.schedule)

/** O-08: the person's own recurring absences, and those of the role; an own one replaces that of the same id. */
export function recurringOf(company: WithRoles, person: Person): readonly RecurringEntry[] {
  const shared = (person.role === undefined ? undefined : ownRole(company, person.role)?.recurring) ?? []
  if (shared.length === 0) return person.recurring
  return [...person.recurring, ...shared.filter(({ id }) => !person.recurring.some((own) => own.id === id))]
}

/** Person before role before company before standard (O-07). */
export const profileOf = (company: Company, person: Person): ResolvedProfile => profilesOf(company)(person)

const profilesOf = oncePer((company: Company) => oncePer((person: Person) => resolved(company, person)))

function resolved(company: Company, person: Person): ResolvedProfile {
  const layers = profileLayers(company, person).map((layer) => layer.profile)
  const first = (condition: Condition): TargetWord | undefined =>
    layers.map((profile) => profile[condition]).find((target) => target !== undefined)
  return {
    busy: first('busy') ?? standardProfile.busy,
    absent: first('absent') ?? standardProfile.absent,
    noAnswer: first('noAnswer') ?? standardProfile.noAnswer,
    notReachable: first('notReachable') ?? standardProfile.notReachable,
    doNotDisturb: first('doNotDisturb') ?? standardProfile.doNotDisturb,
    menu: first('menu') ?? company.settings.menuTarget,
    ringSeconds: person.ringSeconds ?? company.settings.ringSeconds,
  }
}

/** Every number the company may show: main, its further numbers, the direct numbers of its people and the service number. */
export const ownedNumbers: (company: Company) => ReadonlySet<string> = oncePer(
  (company: Company) =>
    new Set<string>([
      company.main,
      ...company.owned,
      ...company.people.flatMap((person) => person.numbers),
      ...(company.serviceNumber === undefined ? [] : [company.serviceNumber]),
    ]),
)

/**
 * The number shown outside when this person calls from this device: device > person > role > company > standard of the kind (O-10).
 * A number the company does not own is never shown: `notOwned` is true and the main number stands in (an alarm is due).
 */
export function shownNumber(
  company: Company,
  person: Person,
  device: Device | undefined,
): { readonly number: E164; readonly notOwned: boolean } {
  const word =
    device?.shows ??
    profileLayers(company, person)
      .map((layer) => layer.profile.shows)
      .find((shows) => shows !== undefined) ??
    standardShows[device?.kind ?? 'fixed']
  if (word === 'main') return { number: company.main, notOwned: false }
  if (word === 'own') return { number: person.numbers[0] ?? company.main, notOwned: false }
  return ownedNumbers(company).has(word)
    ? { number: word as E164, notOwned: false }
    : { number: company.main, notOwned: true }
}
