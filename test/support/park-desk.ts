import { expect } from 'vitest'
import type { Sentence } from '../../src/domain/speech/phrase.js'
import { digits } from '../../src/domain/speech/digits.js'
import { say } from '../../src/domain/speech/tongue.js'
import type { Call } from './phones/call.js'
import type { Phone } from './phones/phone.js'
import type { Trunk } from './phones/trunk.js'
import { rings, type RealOffice } from './real-office.js'
import { cadence, firstHeardAt } from './sound/ears.js'
import { since } from './phones/call.js'
import { matrix } from './sound/matrix.js'

/** What people do with parked calls on real phones, and how it is told what they heard. Everything is Swedish. */
export interface ParkDesk {
  /** A caller from outside talks with the owner of this number, who answers at this phone. */
  talk(phone: Phone, number: string): Promise<Talk>
  /** The same, put on hold and parked by this code, which must be carried out. Gives the caller. */
  park(phone: Phone, number: string, code: string, place: string): Promise<Call>
  /** Keys the code while the other call is on hold; gives the call with which it was keyed, answered. */
  keys(phone: Phone, code: string): Promise<Call>
  words(key: PlainText): Sentence
  /** A sentence about an extension, which is said digit by digit. */
  onPlace(
    key: 'park/parked-on' | 'park/occupied' | 'park/nothing-on' | 'park/page',
    extension: string,
  ): Sentence
  /** Waits for the end of the call; the sentence must have been heard whole. */
  heard(call: Call, sentence: Sentence): Promise<void>
  /** Waits for the end of the call: the reject tone of the country, then the sentence (TN-1). */
  refused(call: Call, sentence: Sentence): Promise<void>
  /** Both hear each other and nobody else. */
  together(caller: Call, phone: Phone, call: Call): Promise<void>
}

type PlainText =
  | 'park/already-fetched'
  | 'park/ended'
  | 'park/group-full'
  | 'park/not-parkable'
  | 'park/nothing-to-park'
  | 'refuse/no-such-number'
  | 'refuse/no-such-person'
  | 'refuse/not-allowed'

export interface Talk {
  readonly caller: Call
  readonly atPhone: Call
}

export function parkDesk(office: RealOffice, outside: Trunk): ParkDesk {
  const tongue = office.lines.tongues.sv
  const onPlace: ParkDesk['onPlace'] = (key, extension) =>
    say(tongue, key, { extension: digits(tongue, extension) })
  const talk = async (phone: Phone, number: string): Promise<Talk> => {
    const caller = await outside.callIn({ from: '+46701740630', to: number })
    const atPhone = await rings(phone)
    await atPhone.accept()
    await caller.answered()
    return { caller, atPhone }
  }
  const keys = async (phone: Phone, code: string): Promise<Call> => {
    const keyed = await phone.dial(code)
    await keyed.answered()
    return keyed
  }
  const heard = async (call: Call, sentence: Sentence): Promise<void> => {
    await call.closed(30_000)
    await office.lines.hear(call.heard(), 'sv', sentence)
  }
  return {
    talk,
    keys,
    words: (key) => say(tongue, key),
    onPlace,
    heard,
    park: async (phone, number, code, place) => {
      const { caller, atPhone } = await talk(phone, number)
      await atPhone.hold()
      const keyed = await keys(phone, code)
      await atPhone.closed()
      await heard(keyed, onPlace('park/parked-on', place))
      return caller
    },
    refused: async (call, sentence) => {
      await heard(call, sentence)
      const sound = call.heard()
      const begun = firstHeardAt(sound, 425) ?? 0
      const rhythm = cadence(since(sound, begun).samples.subarray(0, 4800 * 8), 425)
      expect(Math.abs(rhythm.onMs - 250)).toBeLessThanOrEqual(40)
      expect(Math.abs(rhythm.offMs - 750)).toBeLessThanOrEqual(40)
    },
    together: async (caller, phone, call) => {
      const sounds = await matrix({
        outside: { tone: outside.tone, listen: caller.listen },
        [phone.name]: { tone: phone.tone, listen: call.listen },
      })
      expect(sounds).toEqual({ outside: [phone.name], [phone.name]: ['outside'] })
    },
  }
}
