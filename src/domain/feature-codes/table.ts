import { defineCodes, type Argument, type CodeOf } from './grammar.js'

const extension = { name: 'extension', digits: { min: 2, max: 6 } } as const satisfies Argument
/** One to four digits by the book; more are let through, so that a wrong form can be refused with words (H-03). */
const returnDigits = { min: 1, max: 15 } as const
const dateDigits = { min: 1, max: 8 } as const

/**
 * The feature codes (H, O-17, H-28). Everything that has to do with a code is made from its row: the parser, the dialplan file,
 * the printed help and the table in the README.
 */
export const featureCodes = defineCodes([
  {
    id: 'absence.set',
    code: '*23',
    takes: [
      { name: 'reason', digits: { min: 1, max: 1 }, optional: true },
      { name: 'first', digits: returnDigits, optional: true },
      { name: 'second', digits: dateDigits, optional: true },
    ],
    help: {
      sv: 'Hänvisa: orsak, sedan klockslag eller datum för återkomst, eller båda',
      de: 'Abwesenheit setzen: Grund, dann Uhrzeit oder Datum der Rückkehr, oder beides',
      en: 'Set absence: reason, then time or date of return, or both',
    },
  },
  {
    id: 'absence.cancel',
    code: '#23',
    takes: [],
    help: { sv: 'Ta bort hänvisning', de: 'Abwesenheit aufheben', en: 'Cancel absence' },
  },
  {
    id: 'absence.readBack',
    code: '*#23',
    takes: [],
    help: { sv: 'Lyssna på hänvisning', de: 'Abwesenheit abfragen', en: 'Hear own absence' },
  },
  {
    id: 'absence.setFor',
    code: '*230',
    takes: [
      extension,
      { name: 'reason', digits: { min: 1, max: 1 }, optional: true },
      { name: 'first', digits: returnDigits, optional: true },
      { name: 'second', digits: dateDigits, optional: true },
    ],
    help: {
      sv: 'Hänvisa en annan anknytning',
      de: 'Abwesenheit für eine andere Nebenstelle setzen',
      en: 'Set absence for another extension',
    },
  },
  {
    id: 'absence.cancelFor',
    code: '#230',
    takes: [extension],
    help: {
      sv: 'Ta bort en annans hänvisning',
      de: 'Abwesenheit einer anderen Nebenstelle aufheben',
      en: 'Cancel absence of another extension',
    },
  },
  {
    id: 'absence.readBackFor',
    code: '*#230',
    takes: [extension],
    help: {
      sv: 'Lyssna på en annans hänvisning',
      de: 'Abwesenheit einer anderen Nebenstelle abfragen',
      en: 'Hear absence of another extension',
    },
  },
  {
    id: 'messages',
    code: '*98',
    takes: [],
    help: {
      sv: 'Lyssna på meddelanden och önskemål om uppringning',
      de: 'Nachrichten und Rückrufwünsche abhören',
      en: 'Hear messages and requests to call back',
    },
  },
  {
    id: 'record',
    code: '*77',
    takes: [{ name: 'what', digits: { min: 1, max: 1 }, optional: true }],
    help: {
      sv: 'Tala in: 1 namn, 2–9 egen orsak',
      de: 'Aufnehmen: 1 Name, 2–9 eigener Grund',
      en: 'Record: 1 name, 2–9 own reason',
    },
  },
  {
    id: 'park.here',
    code: '*68',
    takes: [{ ...extension, optional: true }],
    joined: true,
    help: {
      sv: 'Parkera på egen eller annan anknytning',
      de: 'Auf eigener oder anderer Nebenstelle parken',
      en: 'Park on own or another extension',
    },
  },
  {
    id: 'park.fetch',
    code: '*88',
    takes: [{ ...extension, optional: true }],
    help: { sv: 'Hämta parkerat samtal', de: 'Geparkten Anruf zurückholen', en: 'Fetch parked call' },
  },
  {
    id: 'pickup',
    code: '*8',
    takes: [extension],
    help: {
      sv: 'Svara när det ringer hos en annan anknytning',
      de: 'Anruf einer anderen Nebenstelle heranholen',
      en: 'Answer a call that rings at another extension',
    },
  },
  {
    id: 'park.group',
    code: '*58',
    takes: [{ name: 'group', digits: { min: 1, max: 6 }, optional: true }],
    help: { sv: 'Parkera i grupp', de: 'In Parkgruppe parken', en: 'Park to group' },
  },
  {
    id: 'park.onlyGroup',
    code: '#58',
    takes: [],
    help: { sv: 'Parkera i gruppen', de: 'In die Parkgruppe parken', en: 'Park to the group' },
  },
  {
    id: 'hours.set',
    code: '*24',
    takes: [
      { name: 'state', digits: { min: 1, max: 1 } },
      { name: 'until', digits: { min: 4, max: 4 } },
      { name: 'queue', digits: { min: 1, max: 6 }, optional: true },
    ],
    help: {
      sv: 'Öppna (1) eller stäng (0) för hand till ett klockslag',
      de: 'Von Hand öffnen (1) oder schließen (0) bis zu einer Uhrzeit',
      en: 'Open (1) or close (0) by hand until a time',
    },
  },
  {
    id: 'hours.usual',
    code: '#24',
    takes: [{ name: 'queue', digits: { min: 1, max: 6 }, optional: true }],
    help: {
      sv: 'Vanliga öppettider igen',
      de: 'Wieder die üblichen Öffnungszeiten',
      en: 'Back to the usual opening hours',
    },
  },
  {
    id: 'hours.readBack',
    code: '*#24',
    takes: [{ name: 'queue', digits: { min: 1, max: 6 }, optional: true }],
    help: {
      sv: 'Lyssna på om det är öppet',
      de: 'Abfragen, ob geöffnet ist',
      en: 'Hear whether it is open',
    },
  },
  {
    id: 'queue.login',
    code: '*28',
    takes: [{ name: 'queue', digits: { min: 1, max: 6 } }],
    help: { sv: 'Logga in i kö', de: 'In Warteschlange anmelden', en: 'Log in to queue' },
  },
  {
    id: 'queue.logout',
    code: '#28',
    takes: [{ name: 'queue', digits: { min: 1, max: 6 } }],
    help: { sv: 'Logga ut ur kö', de: 'Von Warteschlange abmelden', en: 'Log out of queue' },
  },
  {
    id: 'queue.pause',
    code: '*29',
    takes: [],
    help: { sv: 'Pausa i köer', de: 'Pause in Warteschlangen', en: 'Pause in queues' },
  },
  {
    id: 'queue.resume',
    code: '#29',
    takes: [],
    help: { sv: 'Avsluta paus', de: 'Pause beenden', en: 'End pause' },
  },
  {
    id: 'queue.extendWrapUp',
    code: '*290',
    takes: [],
    help: {
      sv: 'Förläng efterarbetet en gång',
      de: 'Nachbearbeitungszeit einmal verlängern',
      en: 'Extend the time after a call, once',
    },
  },
  {
    id: 'queue.endWrapUp',
    code: '#290',
    takes: [],
    help: {
      sv: 'Avsluta efterarbetet',
      de: 'Nachbearbeitungszeit beenden',
      en: 'End the time after a call',
    },
  },
])

/** A feature code as it was keyed. */
export type FeatureCode = CodeOf<(typeof featureCodes)[number]>
