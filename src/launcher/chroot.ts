import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Asterisk does not run as root: a number that belongs to nobody on the host, because the chroot has its own list of
 * users and a name from there would mean somebody else outside.
 */
export const asteriskUser = 64088

/** Root enters the chroot and gives up its rights; anybody else enters it in a user namespace, which needs no rights. */
export function chrootCommand(root: string): readonly [string, ...string[]] {
  const user = `${String(asteriskUser)}:${String(asteriskUser)}`
  return process.getuid?.() === 0
    ? ['chroot', `--userspec=${user}`, root]
    : ['unshare', '--map-root-user', `--root=${root}`, '--']
}

/** Asterisk lives in a chroot: only a mount lets it write outside. Some containers forbid mounts even to root. */
export function mountsAllowed(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'vaxel-mount-'))
  try {
    const [command, ...words] = withMount(directory, directory)
    execFileSync(command, [...words, 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/**
 * The beginning of a command that sees `directory` also at `target`, both as seen before any chroot. The mount is in a
 * namespace of its own: nobody else sees it, and it is gone with the process.
 */
export function withMount(directory: string, target: string): readonly [string, ...string[]] {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const script = 'mount --bind "$1" "$2"; shift 2; exec "$@"'
  return ['unshare', ...user, '--mount', 'sh', '-ec', script, 'sh', directory, target]
}
