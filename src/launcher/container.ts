/** What runs in the container of Växel: the same two processes as with `npm start`, without Asterisk and Redis. docker/vaxel starts it. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LauncherError } from './errors.js'
import { keepVaxel } from './keep-vaxel.js'
import { readStandby } from './settings.js'

async function main(): Promise<void> {
  const vaxel = keepVaxel({
    vaxel: { environment: {}, log: 'inherit' },
    directory: join(tmpdir(), 'vaxel'),
    standby: readStandby(process.env),
    report: (line) => {
      process.stdout.write(`${line}\n`)
    },
  })
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve)
  })
  await vaxel.ready
  await asked
  await vaxel.stop()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof LauncherError ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
