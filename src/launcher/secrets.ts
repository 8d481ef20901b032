import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LauncherError } from './errors.js'

/** Generated once, kept in the data directory, readable by its owner only, never logged. */
export interface Secrets {
  readonly ariPassword: string
}

/** @throws LauncherError when the file is damaged or others may read it */
export function loadSecrets(dataDirectory: string): Secrets {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const file = join(dataDirectory, 'secrets.json')
  if (!existsSync(file)) {
    const secrets: Secrets = { ariPassword: randomBytes(32).toString('base64url') }
    writeFileSync(file, `${JSON.stringify(secrets)}\n`, { mode: 0o600, flag: 'wx' })
    return secrets
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new LauncherError(
      `others may read ${file}. Run: chmod 600 ${file}, or delete it to have new secrets made.`,
    )
  }
  return parse(readFileSync(file, 'utf8'), file)
}

function parse(text: string, file: string): Secrets {
  try {
    const value: unknown = JSON.parse(text)
    if (
      typeof value === 'object' &&
      value !== null &&
      'ariPassword' in value &&
      typeof value.ariPassword === 'string'
    ) {
      return { ariPassword: value.ariPassword }
    }
  } catch {
    // Told below.
  }
  throw new LauncherError(`${file} is damaged. Delete it: new secrets are made at the next start.`)
}
