import type { Language } from '../ids.js'

/** TN-4: stands before the caller's name on the display when a call returns, because many phones ignore `Alert-Info`. */
export const callerPrefix = (language: Language): string => prefixes[language]

const prefixes: Readonly<Record<Language, string>> = { sv: 'Åter:', de: 'Zurück:', en: 'Back:' }

/**
 * TN-4: value of the header `Alert-Info` of a returning call: by its meaning (RFC 7462, section 9) for phones that know that, and with
 * the pattern name that most others match on.
 */
export const alertInfo = '<urn:alert:service:recall:hold>;info=Bellcore-dr3'
