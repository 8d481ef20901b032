import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asteriskPlaces } from './asterisk.js'
import { mountsAllowed } from './chroot.js'
import { asteriskRoots } from './project.js'

/**
 * Where lies what people said into a phone. It cannot be made again, so it belongs to the data and not to the Asterisk
 * root, which is a cache.
 */
export interface SaidDirectories {
  /** Messages, and recordings under way: what Asterisk writes. */
  readonly recordings: string
  /** Names, greetings and reasons made with `*77`: what Växel keeps. */
  readonly own: string
  /** Whether both are in the data directory; false where the machine forbids Asterisk to reach it. */
  readonly safe: boolean
}

/** `name`: of the Asterisk instance, `data`: the data directory. */
export function saidDirectories(name: string, data: string): SaidDirectories {
  const safe = mountsAllowed()
  return {
    recordings: safe ? join(data, 'recordings') : asteriskPlaces(name).spoolDirectory,
    own: join(data, 'own'),
    safe,
  }
}

/**
 * Moves what earlier versions kept in the instance, of this Asterisk root and of older ones. What is there already
 * stays. Gives the number of files moved.
 */
export function bringOver(name: string, said: SaidDirectories): number {
  const instances = asteriskRoots().map((root) => join(root, 'srv/vaxel', name))
  const moved = instances.flatMap((instance) => [
    moveTree(join(instance, 'spool/recording'), said.recordings),
    moveTree(join(instance, 'sounds/own'), said.own),
  ])
  return moved.reduce((sum, count) => sum + count, 0)
}

function moveTree(from: string, to: string): number {
  if (from === to || !existsSync(from)) return 0
  let count = 0
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) count += moveTree(source, target)
    else if (!existsSync(target)) {
      moveFile(source, target)
      count += 1
    }
  }
  return count
}

/** The data may lie on another disk than the cache. There is never half a file under the final name. */
function moveFile(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  const part = `${target}.part`
  copyFileSync(source, part)
  renameSync(part, target)
  rmSync(source)
}
