import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'
import type { LogFields, Logger } from '../../ports/log.js'
import { redact, redactText } from './redaction.js'

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Standard output if left out. */
  readonly destination?: DestinationStream
}

/** One JSON object a line, with personal data and secrets masked (see redaction.ts). */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return wrap(destination === undefined ? pino(options) : pino(options, destination))
}

function wrap(vendor: PinoLogger): Logger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      if (!vendor.isLevelEnabled(level)) return
      const text = redactText(message)
      if (fields === undefined) vendor[level](text)
      else vendor[level](redact(fields), text)
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => wrap(vendor.child(redact(fields) as Record<string, unknown>)),
  }
}
