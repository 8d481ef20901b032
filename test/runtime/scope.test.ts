import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Mailbox } from '../../src/runtime/mailbox.js'
import { Cancelled, Scope, type ScopeOptions } from '../../src/runtime/scope.js'
import { ManualClock, settle } from '../support/manual-clock.js'

function setUp() {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const options: ScopeOptions = {
    clock,
    onCleanupFault: (_scope, fault) => faults.push(fault),
    cleanupLimit: 1000,
  }
  return { clock, faults, options }
}

describe('a scope', () => {
  it('gives back what its body returns', async () => {
    const { options } = setUp()
    await expect(Scope.start('call', options, () => Promise.resolve(7)).done).resolves.toBe(7)
  })

  it('ends every wait with the reason of its cancellation', async () => {
    const { options } = setUp()
    const { scope, done } = Scope.start('call', options, (s) => s.forever())
    scope.cancel('hungUp')
    scope.cancel('timedOut')
    await expect(done).rejects.toMatchObject({ name: 'Cancelled', reason: 'hungUp' })
  })

  it('refuses to wait once it is cancelled', async () => {
    const { options } = setUp()
    const steps: string[] = []
    const { scope, done } = Scope.start('call', options, async (s) => {
      await Promise.resolve()
      steps.push('before')
      await s.sleep(1)
      steps.push('after')
    })
    scope.cancel('hungUp')
    await expect(done).rejects.toBeInstanceOf(Cancelled)
    expect(steps).toEqual(['before'])
  })

  it('hears work that fails after the cancellation: a rejection nobody hears would end the process', async () => {
    const { options } = setUp()
    const unheard: unknown[] = []
    const listener = (fault: unknown): void => void unheard.push(fault)
    process.on('unhandledRejection', listener)
    try {
      const { scope, done } = Scope.start('call', options, async (s) => {
        s.cancel('hungUp')
        await s.of(Promise.reject(new Error('the leg has ended')))
      })
      await expect(done).rejects.toBeInstanceOf(Cancelled)
      expect(scope.cancelled).toBeTruthy()
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', listener)
    }
    expect(unheard).toEqual([])
  })

  it('runs cleanups last in, first out, after its children have ended', async () => {
    const { options } = setUp()
    const steps: string[] = []
    const { scope, done } = Scope.start('call', options, async (s) => {
      s.defer(() => void steps.push('first'))
      s.defer(() => void steps.push('second'))
      s.spawn('child', async (child) => {
        child.defer(() => void steps.push('child'))
        await child.forever()
      })
      await s.forever()
    })
    await settle()
    scope.cancel('hungUp')
    await expect(done).rejects.toBeInstanceOf(Cancelled)
    expect(steps).toEqual(['child', 'second', 'first'])
  })

  it('goes on with the next cleanup when one fails or hangs', async () => {
    const { options, faults, clock } = setUp()
    const steps: string[] = []
    const { done } = Scope.start('call', options, (s) => {
      s.defer(() => void steps.push('last'))
      s.defer(() => new Promise(() => undefined))
      s.defer(() => Promise.reject(new Error('no')))
      return Promise.resolve()
    })
    await clock.advance(1000)
    await done
    expect(steps).toEqual(['last'])
    expect(faults).toHaveLength(2)
    expect(clock.pending).toBe(0)
  })

  it('ends children that are left when its body returns', async () => {
    const { options } = setUp()
    let reason: unknown
    await Scope.start('call', options, (s) => {
      s.spawn('music', (child) =>
        child.forever().catch((error: unknown) => {
          reason = error
          throw error
        }),
      )
      return Promise.resolve()
    }).done
    expect(reason).toMatchObject({ reason: 'superseded' })
  })

  it('fails when a child in the background fails', async () => {
    const { options } = setUp()
    const { done } = Scope.start('call', options, async (s) => {
      s.spawn('child', () => Promise.reject(new Error('broken')))
      await s.forever()
    })
    await expect(done).rejects.toThrow('broken')
  })

  it('stops listening when the wait is over, however it ends', async () => {
    const { options } = setUp()
    let listeners = 0
    const listen = (s: Scope, at: 'once' | 'never') =>
      s.wait<number>(({ resolve }) => {
        listeners += 1
        if (at === 'once') resolve(1)
        return () => void (listeners -= 1)
      })
    const { scope, done } = Scope.start('call', options, async (s) => {
      await listen(s, 'once')
      await listen(s, 'never')
    })
    await settle()
    scope.cancel('lost')
    await expect(done).rejects.toBeInstanceOf(Cancelled)
    expect(listeners).toBe(0)
  })
})

describe('a race', () => {
  it('tells who won, and has ended the others by then', async () => {
    const { options, clock } = setUp()
    const steps: string[] = []
    const { done } = Scope.start('call', options, (s) =>
      s.race({
        key: async (k) => {
          await k.sleep(100)
          return '1'
        },
        speech: async (k) => {
          k.defer(async () => {
            await Promise.resolve()
            steps.push('speech stopped')
          })
          await k.sleep(5000)
        },
      }),
    )
    await clock.advance(100)
    await expect(done).resolves.toEqual({ won: 'key', value: '1' })
    expect(steps).toEqual(['speech stopped'])
    expect(clock.pending).toBe(0)
  })

  it('passes a failure of the first on, after the others have ended', async () => {
    const { options } = setUp()
    await expect(
      Scope.start('call', options, (s) =>
        s.race({ bad: () => Promise.reject(new Error('no')), other: (o) => o.forever() }),
      ).done,
    ).rejects.toThrow('no')
  })

  it('is cancelled with its parent, with the reason of the parent', async () => {
    const { options } = setUp()
    const { scope, done } = Scope.start('call', options, (s) =>
      s.race({ a: (x) => x.forever(), b: (x) => x.sleep(10) }),
    )
    scope.cancel('hungUp')
    await expect(done).rejects.toMatchObject({ reason: 'hungUp' })
  })

  it('gives undefined when the time is up first', async () => {
    const { options, clock } = setUp()
    const { done } = Scope.start('call', options, (s) => s.within(50, (x) => x.forever()))
    await clock.advance(50)
    await expect(done).resolves.toBeUndefined()
  })
})

describe('a body that something may interrupt', () => {
  const begin = (put: readonly string[] = []) => {
    const { options, clock } = setUp()
    const box = new Mailbox<string>()
    for (const item of put) box.put(item)
    const steps: string[] = []
    const { scope, done } = Scope.start('call', options, (s) =>
      s.unless<string>(
        (heard) => box.next(heard),
        'speech',
        async (speech) => {
          speech.defer(() => void steps.push('stopped'))
          steps.push('speaks')
          await speech.sleep(100)
          steps.push('spoken')
        },
      ),
    )
    return { scope, done, box, steps, clock }
  }

  it('has ended, with its cleanups, when what was heard is given', async () => {
    const { done, box, steps } = begin()
    box.put('1')
    await expect(done).resolves.toBe('1')
    expect(steps).toEqual(['speaks', 'stopped'])
  })

  it('gives undefined at its end, and hears nothing any more', async () => {
    const { done, box, steps, clock } = begin()
    await clock.advance(100)
    await expect(done).resolves.toBeUndefined()
    expect(steps).toEqual(['speaks', 'spoken', 'stopped'])
    box.put('1')
    expect(box.size).toBe(1)
  })

  it('does not begin when something was there before', async () => {
    const { done, steps } = begin(['1', '2'])
    await expect(done).resolves.toBe('1')
    expect(steps).toEqual([])
  })

  it('ends with its scope, and leaves what comes later to others', async () => {
    const { scope, done, box, steps } = begin()
    scope.cancel('hungUp')
    await expect(done).rejects.toMatchObject({ reason: 'hungUp' })
    box.put('1')
    expect(box.size).toBe(1)
    expect(steps).toEqual(['speaks', 'stopped'])
  })
})

describe('work beside a body', () => {
  it('ends the scope when it fails, and goes on unheard when the scope ends first', async () => {
    const { options } = setUp()
    const fault = new Error('no answer')
    const failing = Scope.start('call', options, (s) => {
      s.beside(Promise.reject(fault))
      return s.forever()
    })
    await expect(failing.done).rejects.toBe(fault)
    const ended = Scope.start('call', options, (s) => {
      s.beside(new Promise(() => undefined))
      return Promise.resolve(7)
    })
    await expect(ended.done).resolves.toBe(7)
  })
})

describe('a mailbox', () => {
  it('keeps what arrives before anybody takes it, in order', async () => {
    const { options } = setUp()
    const box = new Mailbox<string>()
    box.put('1')
    box.put('2')
    const taken = await Scope.start('call', options, async (s) => [await box.take(s), await box.take(s)]).done
    expect(taken).toEqual(['1', '2'])
  })

  it('loses nothing to a taker that was cancelled', async () => {
    const { options } = setUp()
    const box = new Mailbox<string>()
    const first = Scope.start('call', options, (s) => box.take(s))
    first.scope.cancel('superseded')
    await expect(first.done).rejects.toBeInstanceOf(Cancelled)
    box.put('1')
    await expect(Scope.start('call', options, (s) => box.take(s)).done).resolves.toBe('1')
  })
})

describe('any tree of scopes', () => {
  it('leaves no timer and no running child, whatever is cancelled when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
        fc.nat(60),
        async (shape, cancelAt) => {
          const { options, clock } = setUp()
          let living = 0
          const node = async (s: Scope, depth: number): Promise<void> => {
            living += 1
            s.defer(() => void (living -= 1))
            const width = shape[depth] ?? 0
            for (let index = 0; index < Math.min(width, 2); index += 1)
              s.spawn(`child ${String(index)}`, (c) => node(c, depth + 1))
            await s.race({ a: (x) => x.sleep(10 * (width + 1)), b: (x) => x.sleep(15) })
          }
          const { scope, done } = Scope.start('root', options, (s) => node(s, 0))
          const ended = done.catch((error: unknown) => error)
          await clock.advance(cancelAt)
          scope.cancel('hungUp')
          await clock.advance(1)
          await ended
          expect(living).toBe(0)
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })
})
