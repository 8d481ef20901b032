import { parseArgs } from 'node:util'
import { RecordUnreadable, StoreUnavailable } from '../ports/stores.js'
import { ConfigurationWrong } from '../config.js'
import { CommandFailed, UsageWrong, type Command, type Context, type ExitCode } from './command.js'
import { commands } from './commands.js'

/** Runs one command line, `words` being what stands after `vaxel`. Never rejects for something a user can cause. */
export async function runCommandLine(words: readonly string[], context: Context): Promise<ExitCode> {
  const [name, ...rest] = words
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    context.write(overview())
    return name === undefined ? 2 : 0
  }
  const command = commands.find((candidate) => candidate.name === name)
  if (command === undefined) {
    context.note(`There is no command "${name}". There are: ${commands.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  try {
    return await runCommand(command, rest, context)
  } catch (cause) {
    return explain(cause, command, context)
  }
}

async function runCommand(command: Command, words: readonly string[], context: Context): Promise<ExitCode> {
  const { values, positionals } = parsed(command, words)
  if (values['help'] === true) {
    context.write(`vaxel ${`${command.name} ${command.usage}`.trim()}\n\n${command.help}\n`)
    return 0
  }
  return command.run(values, positionals, context)
}

function parsed(command: Command, words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    })
    return { values: values as Readonly<Record<string, string | boolean | undefined>>, positionals }
  } catch (cause) {
    throw new UsageWrong(cause instanceof Error ? cause.message : String(cause))
  }
}

function explain(cause: unknown, command: Command, context: Context): ExitCode {
  if (cause instanceof UsageWrong) {
    context.note(`vaxel ${command.name}: ${cause.message}`)
    context.note(
      `usage: vaxel ${`${command.name} ${command.usage}`.trim()}    (more: vaxel ${command.name} --help)`,
    )
    return 2
  }
  if (cause instanceof StoreUnavailable) {
    context.note(
      'Redis cannot be reached, so nothing was read or changed from here on. Is the exchange running (npm start)? ' +
        'Its address is the setting VAXEL_REDIS_URL.',
    )
    return 1
  }
  if (
    cause instanceof CommandFailed ||
    cause instanceof RecordUnreadable ||
    cause instanceof ConfigurationWrong
  ) {
    context.note(cause.message)
    return 1
  }
  throw cause
}

const overview = (): string =>
  [
    'vaxel COMMAND [...]    (vaxel COMMAND --help tells more)',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(11)}${command.summary}`),
    '',
    'Exit code 0: done; 1: refused or failed; 2: called wrongly. Settings come from the environment (VAXEL_REDIS_URL, ...).',
    '',
  ].join('\n')
