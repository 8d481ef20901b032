import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { projectDirectory } from '../project.js'
import { LauncherError } from './errors.js'

/** The user's cache: the Asterisk root and everything else that can be made again. */
function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vaxel')
}

/** The roots of this and of earlier package lists. */
export function asteriskRoots(): readonly string[] {
  const cache = cacheDirectory()
  if (!existsSync(cache)) return []
  return readdirSync(cache)
    .filter((name) => /^asterisk-[0-9a-f]{12}$/.test(name))
    .map((name) => join(cache, name))
}

/**
 * The directory Asterisk is chrooted into, made by scripts/setup and named after a hash of its package list.
 *
 * @throws LauncherError when scripts/setup has not run
 */
export function asteriskRoot(): string {
  const list = readFileSync(join(projectDirectory, 'scripts/packages/asterisk.txt'))
  const hash = createHash('sha256').update(list).digest('hex').slice(0, 12)
  const root = join(cacheDirectory(), `asterisk-${hash}`)
  if (!existsSync(join(root, 'usr/sbin/asterisk'))) {
    throw new LauncherError(`Asterisk is not installed in ${root}. Run: scripts/setup`)
  }
  return root
}
