import { setTimeout as pause } from 'node:timers/promises'
import { readCommandConfig } from '../config.js'
import { projectDirectory } from '../project.js'
import type { Connection, Context } from './command.js'
import { connect } from './connect.js'
import { runCommandLine } from './run.js'
import { newSecret } from './secret.js'

/** The `vaxel` command. */
const context: Context = {
  environment: process.env,
  projectDirectory,
  write: (text) => void process.stdout.write(text),
  note: (line) => void process.stderr.write(`${line}\n`),
  now: () => Date.now(),
  pause: (duration) => pause(duration),
  newSecret,
  connect: (): Promise<Connection> => connect(readCommandConfig(process.env).redisUrl),
}

// A reader that has seen enough (`vaxel phones | head`) is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault
  process.exit(0)
})
void runCommandLine(process.argv.slice(2), context).then((code) => {
  process.exitCode = code
})
