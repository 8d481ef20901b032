/** Values that belong to a message. Personal data stands under the keys the log adapter masks (`number`, `name`, `digits`, …). */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * What the system tells its operator. `message` is static English, so that it can be searched and counted; whatever
 * varies goes into `fields`. An error goes into the field `error`.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  /** Something is wrong that the system copes with. */
  warn(message: string, fields?: LogFields): void
  /** Somebody has to look: an alarm. */
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every message. */
  with(fields: LogFields): Logger
}
