import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/runtime/turns.js'

describe('turns', () => {
  it('run the actions of one name in their order, also after one that failed, and those of another at once', async () => {
    const turns = new Turns()
    const seen: string[] = []
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const action =
      (name: string, waits: Promise<void> | undefined, fails = false) =>
      async () => {
        await waits
        seen.push(name)
        if (fails) throw new Error(name)
        return name
      }
    const first = turns.run('a', action('a1', gate, true))
    const second = turns.run('a', action('a2', undefined))
    expect(await turns.run('b', action('b1', undefined))).toBe('b1')
    expect(seen).toEqual(['b1'])
    open()
    await expect(first).rejects.toThrow('a1')
    expect(await second).toBe('a2')
    expect(await turns.run('a', action('a3', undefined))).toBe('a3')
    expect(seen).toEqual(['b1', 'a1', 'a2', 'a3'])
  })
})
