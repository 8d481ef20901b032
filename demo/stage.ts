import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCompanyFile } from '../src/adapters/files/company-file.js'
import type { Company, Person } from '../src/domain/directory/company.js'
import type { Instant } from '../src/domain/ids.js'
import { personName } from '../src/domain/speech/names.js'
import { textOf, type Phrase, type Sentence } from '../src/domain/speech/phrase.js'
import type { Tongue } from '../src/domain/speech/tongue.js'
import { projectDirectory } from '../src/project.js'
import { since, type Call } from '../test/support/phones/call.js'
import type { Phone } from '../test/support/phones/phone.js'
import type { Trunk } from '../test/support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../test/support/real-office.js'
import { without } from './notch.js'

/** Somebody with a telephone in their hand; says what they do, and notes what they hear and see. */
export interface Actor {
  readonly name: string
  /** Dials, and waits for the answer. */
  dials(number: string): Promise<Conversation>
}

export interface Staff extends Actor {
  readonly person: Person
  readonly phone: Phone
  /** Waits until the phone rings, says what its display shows, and answers. */
  answers(withinMs?: number): Promise<Conversation>
  /** Waits until the phone rings, says what its display shows, and does not take the call. */
  declines(withinMs?: number): Promise<void>
  /** Waits until the phone rings, says what its display shows, and does nothing. */
  letsRing(withinMs?: number): Promise<void>
  /** Waits until the message lamp shows this many new messages. */
  seesLamp(newMessages: number): Promise<void>
}

/** One call, in the hand of one of the two. */
export interface Conversation {
  /** Who has it in the hand. */
  readonly name: string
  readonly call: Call
  /** Waits until the whole sentence was heard, each sound of it recognised in its order, since the last one. */
  hears(sentence: Sentence): Promise<void>
  /** Waits until these words are heard from now on, while somebody who plays this tone is heard at the same time. */
  hearsBeside(tone: number, phrase: Phrase): Promise<void>
  keys(digits: string): Promise<void>
  holds(): Promise<void>
  hangsUp(): Promise<void>
  /** The exchange ends the call. */
  isHungUp(): Promise<void>
}

export interface Stage {
  readonly company: Company
  readonly office: RealOffice
  readonly tongue: Tongue
  say(text: string): void
  /** The clock of the exchange. */
  now(): Instant
  /** Waits until it shows this; rejects if it is later already. */
  until(instant: Instant): Promise<void>
  /** A person of the company at their first phone. */
  staff(id: string, tone: number): Promise<Staff>
  /** Somebody outside who calls from this number. */
  outside(name: string, number: string): Promise<Actor>
  /** The lamp of a park place at a phone of this person. */
  watchesPlace(person: Person, extension: string): Promise<PlaceLamp>
  /** The name of a person as the exchange says it. */
  nameOf(id: string): Phrase
  logs(): string
  close(): Promise<void>
}

export interface PlaceLamp {
  isLit(): Promise<void>
  isDark(): Promise<void>
  stop(): Promise<void>
}

/** The tone that everybody outside plays instead of speaking, in hertz. */
export const outsideTone = 500
const patienceMs = 20_000
/** Beside a tone words are recognised less well; other words stay below it. */
const besideScore = 0.65
/** The voice takes about 65. */
const leastMsPerLetter = 58

/** The example company on an exchange of its own. */
export async function openStage({
  company: change = (same) => same,
  clock,
}: {
  readonly company?: (example: Company) => Company
  readonly clock?: Instant
}): Promise<Stage> {
  const read = readCompanyFile(readFileSync(join(projectDirectory, 'company/exempel.yaml'), 'utf8'))
  if (read.kind === 'refused')
    throw new Error(`the example company is refused: ${JSON.stringify(read.problems)}`)
  const company = change(read.company)
  const begun = Date.now()
  const say = (text: string): void => {
    const seconds = (Date.now() - begun) / 1000
    process.stdout.write(`${seconds.toFixed(1).padStart(5)} s  ${text}\n`)
  }
  let ahead = 0
  const office = await startRealOffice({
    files: [{ ...company }],
    atStart: () => {
      if (clock === undefined) return {}
      ahead = Math.round((clock - Date.now()) / 1000)
      return { VAXEL_CLOCK_OFFSET: String(ahead) }
    },
  })
  say(`The exchange of ${company.name} runs.`)
  const scene: Scene = { office, say, tongue: office.lines.tongues[company.language] }
  let trunk: Promise<Trunk> | undefined
  return {
    ...scene,
    company,
    now: () => Date.now() + ahead * 1000,
    until: async (instant) => {
      const left = instant - (Date.now() + ahead * 1000)
      if (left < 0) throw new Error(`this was to begin ${String(Math.round(-left / 1000))} s ago`)
      await new Promise((resolve) => setTimeout(resolve, left))
    },
    staff: async (id, tone) => {
      const person = personOf(company, id)
      const device = person.devices[0]?.name ?? ''
      return staff(scene, person, await office.phone(device, tone))
    },
    outside: async (name, number) => {
      trunk ??= office.trunk(outsideTone)
      const line = await trunk
      return {
        name,
        dials: async (dialled) => {
          say(`${name} (${number}) calls ${dialled}.`)
          const call = await line.callIn({ from: number, to: dialled })
          return conversation(scene, name, call)
        },
      }
    },
    watchesPlace: (person, extension) => watchPlace(scene, company, person, extension),
    nameOf: (id) => {
      const { name, extension, id: person } = personOf(company, id)
      return personName(scene.tongue, { company: company.company, person, name, extension })
    },
    logs: () => office.exchange.logs(),
    close: () => office.stop(),
  }
}

interface Scene {
  readonly office: RealOffice
  readonly tongue: Tongue
  readonly say: (text: string) => void
}

function personOf(company: Company, id: string): Person {
  const person = company.people.find((one) => one.id === id)
  if (person === undefined) throw new Error(`nobody of ${company.name} is called ${id}`)
  return person
}

async function watchPlace(
  { office, say }: Scene,
  { company }: Company,
  person: Person,
  extension: string,
): Promise<PlaceLamp> {
  const lamp = await office.lamp(person.devices[0]?.name ?? '', `park-${company}-${extension}`)
  return {
    isLit: async () => {
      await lamp.shows('inUse')
      say(`The lamp of ${extension} at ${person.name}'s phone is lit.`)
    },
    isDark: async () => {
      await lamp.shows('idle')
      say(`The lamp of ${extension} at ${person.name}'s phone is dark.`)
    },
    stop: lamp.stop,
  }
}

function staff(scene: Scene, person: Person, phone: Phone): Staff {
  const { name } = person
  const ringing = async (withinMs: number): Promise<Call> => {
    const call = await rings(phone, withinMs)
    const shown = call.display()
    scene.say(`${name}'s phone rings and shows ${[shown.name, shown.number].filter(Boolean).join(' ')}.`)
    return call
  }
  return {
    name,
    person,
    phone,
    dials: async (number) => {
      scene.say(`${name} keys ${number}`)
      return conversation(scene, name, await phone.dial(number))
    },
    answers: async (withinMs = patienceMs) => {
      const call = await ringing(withinMs)
      await call.accept()
      scene.say(`${name} answers.`)
      return conversation(scene, name, call)
    },
    declines: async (withinMs = patienceMs) => {
      const call = await ringing(withinMs)
      await call.reject(603)
      scene.say(`${name} declines.`)
    },
    letsRing: async (withinMs = patienceMs) => {
      await ringing(withinMs)
      scene.say(`${name} is not there.`)
    },
    seesLamp: async (newMessages) => {
      await phone.messageLampShows((lamp) => lamp.newMessages === newMessages, patienceMs)
      scene.say(
        newMessages === 0
          ? `${name}'s message lamp is dark.`
          : `${name}'s message lamp is lit: ${String(newMessages)} new.`,
      )
    },
  }
}

async function conversation({ office, say }: Scene, name: string, call: Call): Promise<Conversation> {
  await call.answered(patienceMs)
  let heardUntil = 0
  return {
    name,
    call,
    hears: async (sentence) => {
      const begun = Date.now()
      // To recognise words costs much; before they can be over it is not even tried.
      await call.listen(textOf(sentence).length * leastMsPerLetter)
      for (;;) {
        try {
          const line = await office.lines.hear(call.heard(), 'sv', sentence, heardUntil)
          heardUntil = line.until
          break
        } catch (error) {
          if (Date.now() - begun > patienceMs || call.isClosed())
            throw new Error(`${name} did not hear "${textOf(sentence)}"`, { cause: error })
        }
        await call.listen(1_200)
      }
      say(`${name} hears "${textOf(sentence)}"`)
    },
    hearsBeside: async (tone, phrase) => {
      const begun = Date.now()
      const [family = ''] = phrase.key.split('/')
      for (;;) {
        await call.listen(1_200)
        const heard = since(call.heard(), begun)
        const quiet = { ...heard, samples: without(tone, heard.samples) }
        const keys = await office.lines.heardOf(quiet, 'sv', [family], besideScore)
        if (keys.includes(phrase.key.replace('/', '-'))) break
        if (Date.now() - begun > patienceMs || call.isClosed())
          throw new Error(`${name} did not hear "${phrase.text}", but ${keys.join(' ') || 'nothing'}`)
      }
      say(`${name} alone hears "${phrase.text}"`)
    },
    keys: async (digits) => {
      say(`${name} presses ${digits}`)
      await call.keys(digits, 250)
    },
    holds: async () => {
      await call.hold()
      say(`${name} puts the call on hold.`)
    },
    hangsUp: async () => {
      await call.hangup()
      say(`${name} hangs up.`)
    },
    isHungUp: async () => {
      await call.closed(patienceMs)
      say(`The exchange ends the call with ${name}.`)
    },
  }
}
