import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Lease } from '../../src/ports/stores.js'
import { launcherOf, untilNeeded } from '../../src/standby.js'
import { settle } from '../support/manual-clock.js'

/** What a child has of the channel to its parent. */
class Channel extends EventEmitter {
  connected = true
  readonly said: unknown[] = []
  send(word: unknown): boolean {
    if (!this.connected) throw new Error('the channel is closed')
    return this.said.push(word) > 0
  }
  close(): void {
    this.connected = false
    this.emit('disconnect')
  }
}
const open = () => {
  const channel = new Channel()
  return { channel, launcher: launcherOf(channel as unknown as NodeJS.Process) }
}

/** Somebody has it, until `give`. */
function leaseOfAnother() {
  let give: (token: number) => void = () => undefined
  let refuse: (fault: Error) => void = () => undefined
  const given = new Promise<number>((resolve, reject) => {
    give = resolve
    refuse = reject
  })
  const lease: Lease = {
    acquire: async (signal) => {
      signal.throwIfAborted()
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      })
      return Promise.race([given, aborted])
    },
    onLost: () => undefined,
    release: () => Promise.resolve(),
  }
  return { lease, give, refuse }
}

describe('what a process hears from its launcher', () => {
  it('to take over: only then it goes on, and asks for the lease anew', async () => {
    const { channel, launcher } = open()
    const { lease } = leaseOfAnother()
    const needed = untilNeeded(launcher, lease)
    expect(channel.said).toEqual(['stands by'])
    channel.emit('message', 'take over')
    expect(await needed).toBeUndefined()
    expect(channel.said).toEqual(['stands by'])
  })

  it('to take over, before it was ready', async () => {
    const { channel, launcher } = open()
    channel.emit('message', 'take over')
    expect(await untilNeeded(launcher, leaseOfAnother().lease)).toBeUndefined()
  })

  it('M-01 to take over when the lease of one that hangs has run out: not before that one has ended', async () => {
    const { channel, launcher } = open()
    const { lease, give } = leaseOfAnother()
    let token: number | undefined
    const needed = untilNeeded(launcher, lease).then((given) => (token = given))
    give(7)
    await settle()
    expect([channel.said, token]).toEqual([['stands by', 'has the lease'], undefined])
    channel.emit('message', 'take over')
    expect(await needed).toBe(7)
  })

  it('nothing of a lease that cannot be asked for: that is a fault', async () => {
    const { launcher } = open()
    const { lease, refuse } = leaseOfAnother()
    const needed = untilNeeded(launcher, lease)
    refuse(new Error('a script is wrong'))
    await expect(needed).rejects.toThrow('a script is wrong')
  })

  it('whether another one stands by', () => {
    const { channel, launcher } = open()
    expect(launcher.standby()).toBeUndefined()
    channel.emit('message', 'nobody stands by')
    expect(launcher.standby()).toBe('none')
    channel.emit('message', 'somebody stands by')
    expect(launcher.standby()).toBe('ready')
  })

  it('that it is gone: then nothing is told to it, and nothing is known of another one', () => {
    const { channel, launcher } = open()
    let gone = 0
    launcher.onGone(() => (gone += 1))
    launcher.tell('stands by')
    channel.emit('message', 'somebody stands by')
    channel.close()
    launcher.tell('takes calls')
    expect([gone, launcher.standby(), channel.said]).toEqual([1, undefined, ['stands by']])
  })

  it('nothing, when it was started by hand: nobody would ever tell it to take over', () => {
    const channel = new Channel()
    channel.connected = false
    let gone = 0
    launcherOf(channel as unknown as NodeJS.Process).onGone(() => (gone += 1))
    expect(gone).toBe(1)
  })
})
