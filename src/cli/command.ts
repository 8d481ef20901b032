import type { ParseArgsConfig } from 'node:util'
import type { Instant, Milliseconds } from '../domain/ids.js'
import type { ApiTokens } from '../ports/api-tokens.js'
import type { ProvisionStatus } from '../ports/provisioning.js'
import type { Stores } from '../ports/stores.js'

/** 0: done. 1: refused or failed, and why was printed. 2: the command was called wrongly. */
export type ExitCode = 0 | 1 | 2

/** What a command reaches of the system; closed when the command has ended. */
export interface Connection {
  readonly stores: Stores
  readonly exchanges: ProvisionStatus
  readonly tokens: ApiTokens
  close(): Promise<void>
}

/** Everything a command touches outside itself, so that tests run it whole. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder of the project: prompts and dialplans stand in it. */
  readonly projectDirectory: string
  /** Writes to standard output, to the letter. */
  readonly write: (text: string) => void
  /** Writes a line to standard error: problems and progress, so that output can be piped. */
  readonly note: (line: string) => void
  readonly now: () => Instant
  readonly pause: (duration: Milliseconds) => Promise<void>
  /** A new password for a phone. */
  readonly newSecret: () => string
  /** Rejects with `StoreUnavailable` when Redis is not there. */
  readonly connect: () => Promise<Connection>
}

export type Values = Readonly<Record<string, string | boolean | undefined>>

export interface Command {
  readonly name: string
  /** What stands after the name, for example `FILE...`. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The rest of `--help`. */
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  run(values: Values, words: readonly string[], context: Context): Promise<ExitCode>
}

/** The command was called wrongly: told with its usage, exit code 2. */
export class UsageWrong extends Error {
  override readonly name = 'UsageWrong'
}

/** Something did not work for a reason the user can do something about: told without a stack, exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Runs `use` with a connection and closes it whatever happens. */
export async function connected<Result>(
  context: Context,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await context.connect()
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}
