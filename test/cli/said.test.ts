import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bringOver, type SaidDirectories } from '../../src/launcher/said.js'

const instance = 'main-0badcafe'
let home: string
let said: SaidDirectories
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vaxel-said-'))
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'))
  said = { recordings: join(home, 'data/recordings'), own: join(home, 'data/own'), safe: true }
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

/** A file of the instance in the root of a package list, told by one digit. */
function inCache(root: string, file: string, text: string, name = instance): string {
  const path = join(home, `cache/vaxel/asterisk-${root.repeat(12)}/srv/vaxel`, name, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
const text = (path: string): string => readFileSync(path, 'utf8')

describe('what people said', () => {
  it('O-17 H-28 H-32 is moved from the cache of this and of earlier Asterisk roots, and is there when the cache is gone', () => {
    const old = inCache('a', 'spool/recording/one.wav', 'one')
    inCache('b', 'spool/recording/two.wav', 'two')
    inCache('b', 'sounds/own/sv/name/exempel/anna.wav', 'Anna')
    expect(bringOver(instance, said)).toBe(3)
    expect(existsSync(old)).toBe(false)
    rmSync(join(home, 'cache'), { recursive: true })
    expect(text(join(said.recordings, 'one.wav'))).toBe('one')
    expect(text(join(said.recordings, 'two.wav'))).toBe('two')
    expect(text(join(said.own, 'sv/name/exempel/anna.wav'))).toBe('Anna')
    expect(bringOver(instance, said)).toBe(0)
  })

  it('is not taken from the exchange of another data directory, and never overwrites what is newer', () => {
    inCache('a', 'spool/recording/theirs.wav', 'theirs', 'main-1badcafe')
    inCache('a', 'sounds/sv/reason/lunch.wav', 'rendered')
    const earlier = inCache('a', 'sounds/own/sv/name/exempel/anna.wav', 'earlier')
    const newer = join(said.own, 'sv/name/exempel/anna.wav')
    mkdirSync(dirname(newer), { recursive: true })
    writeFileSync(newer, 'newer')
    expect(bringOver(instance, said)).toBe(0)
    expect(text(newer)).toBe('newer')
    expect(existsSync(earlier)).toBe(true)
    expect(existsSync(said.recordings)).toBe(false)
  })
})
