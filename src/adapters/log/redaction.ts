/**
 * What must not reach the log: personal data and secrets. A field is masked by its key, at any depth; besides, text that
 * looks like an international number or carries a password in an address is masked wherever it stands.
 */
export const redactedKeys: ReadonlySet<string> = new Set([
  // telephone numbers, and who stands behind them
  'number',
  'numbers',
  'from',
  'to',
  'caller',
  'callerId',
  'callee',
  'connected',
  'extension',
  'shown',
  'dialled',
  'who',
  // names and addresses
  'name',
  'fromName',
  'callerName',
  'personName',
  'displayName',
  'email',
  'note',
  // what was keyed
  'digit',
  'digits',
  'code',
  'pin',
  // what was said or written
  'text',
  'subject',
  'sentence',
  // secrets
  'password',
  'secret',
  'secrets',
  'token',
  'authorization',
  'cookie',
])

const mask = '[redacted]'
const deepest = 8

const international = /\+[1-9][0-9 ()-]{5,18}[0-9]/g
/** `sip:0701234567@…`, `tel:…` */
const userOfUri = /\b(sips?|tel):[^@\s;>"']+/gi
const passwordInUri = /:\/\/[^/\s@]*@/g
const mailAddress = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g

export function redactText(text: string): string {
  return text
    .replace(passwordInUri, `://${mask}@`)
    .replace(userOfUri, `$1:${mask}`)
    .replace(mailAddress, mask)
    .replace(international, mask)
}

/** A copy of `value` that may be logged. Lists under a redacted key are masked whole. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value
  if (depth >= deepest) return '[too deep]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Map) return redact(Object.fromEntries(value), depth)
  if (value instanceof Set) return redact([...value], depth)
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      redactedKeys.has(key) && item !== undefined && item !== null ? mask : redact(item, depth + 1),
    ]),
  )
}

function redactError(error: Error, depth: number): unknown {
  return {
    type: error.name,
    message: redactText(error.message),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    cause: error.cause === undefined ? undefined : redact(error.cause, depth + 1),
  }
}
