import type { Milliseconds } from '../domain/ids.js'
import type { Clock } from './clock.js'

/**
 * Why a scope ends before its body is done: the caller hung up, the thing it is about was lost or failed, something else
 * won or took over, or its time was up. A closed set: nobody adds a reason of their own.
 */
export type EndReason = 'hungUp' | 'lost' | 'superseded' | 'timedOut'

/** Thrown out of every wait of a scope that was cancelled. Nobody but Scope catches it. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
  readonly reason: EndReason
  constructor(reason: EndReason) {
    super(`cancelled: ${reason}`)
    this.reason = reason
  }
}

// Made once: a scope that ends throws one out of each of its waits, and a stack costs more than all the rest of a wait.
const cancelled: Readonly<Record<EndReason, Cancelled>> = {
  hungUp: new Cancelled('hungUp'),
  lost: new Cancelled('lost'),
  superseded: new Cancelled('superseded'),
  timedOut: new Cancelled('timedOut'),
}

/** A wait of a scope that has ended already. Marked as heard once: a rejection that nobody hears yet is told to the process first. */
const refused = Object.fromEntries(
  Object.entries(cancelled).map(([reason, error]) => {
    const rejection = Promise.reject(error)
    rejection.catch(() => undefined)
    return [reason, rejection]
  }),
) as Readonly<Record<EndReason, Promise<never>>>

export interface ScopeOptions {
  readonly clock: Clock
  /** Told of a cleanup that failed or took longer than `cleanupLimit`; the scope goes on with the next one. */
  readonly onCleanupFault: (scope: string, fault: unknown) => void
  readonly cleanupLimit?: Milliseconds
}

export interface Settle<T> {
  readonly resolve: (value: T) => void
  readonly reject: (fault: unknown) => void
}

const errorOf = (fault: unknown): Error => (fault instanceof Error ? fault : new Error(String(fault)))

type Body<T> = (scope: Scope) => Promise<T>
type Winner<Entries> = {
  [K in keyof Entries]: Entries[K] extends Body<infer T> ? { readonly won: K; readonly value: T } : never
}[keyof Entries]

/**
 * A stretch of asynchronous work with an end that can be trusted.
 *
 *     running --body returns or throws--> ending --children joined, cleanups run--> ended
 *        \--cancel(reason)--> every wait throws Cancelled, the body unwinds --------^
 *
 * Children are cancelled and joined before their parent ends. Cleanups run last in, first out, shielded from the
 * cancellation, each with a time limit.
 */
export class Scope {
  readonly name: string
  readonly #options: ScopeOptions
  readonly #children = new Map<Scope, Promise<unknown>>()
  readonly #waits = new Set<(reason: EndReason) => void>()
  readonly #cleanups: (() => unknown)[] = []
  #cancelled: EndReason | undefined
  #fault: { readonly error: unknown } | undefined

  private constructor(name: string, options: ScopeOptions) {
    this.name = name
    this.#options = options
  }

  /** Starts a scope that has no parent. `done` settles when everything inside has ended. */
  static start<T>(
    name: string,
    options: ScopeOptions,
    body: Body<T>,
  ): { readonly scope: Scope; readonly done: Promise<T> } {
    const scope = new Scope(name, options)
    return { scope, done: scope.#live(body) }
  }

  get cancelled(): EndReason | undefined {
    return this.#cancelled
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Ends the scope and everything in it. The first reason stays. */
  cancel(reason: EndReason): void {
    if (this.#cancelled) return
    this.#cancelled = reason
    for (const end of [...this.#waits]) end(reason)
    for (const child of this.#children.keys()) child.cancel(reason)
  }

  /** The only place where a callback becomes a promise. `start` returns how to stop listening. */
  wait<T>(start: (settle: Settle<T>) => (() => void) | undefined): Promise<T> {
    if (this.#cancelled) return refused[this.#cancelled]
    return new Promise<T>((resolve, reject) => {
      const state: { settled: boolean; stop: (() => void) | undefined } = { settled: false, stop: undefined }
      /** The first who settles it. */
      const isFirst = (): boolean => {
        if (state.settled) return false
        state.settled = true
        this.#waits.delete(end)
        state.stop?.()
        return true
      }
      const end = (reason: EndReason): void => {
        if (isFirst()) reject(cancelled[reason])
      }
      this.#waits.add(end)
      state.stop = start({
        resolve: (value) => {
          if (isFirst()) resolve(value)
        },
        reject: (fault) => {
          if (isFirst()) reject(errorOf(fault))
        },
      })
      // `start` may settle before it has said how to stop.
      if (state.settled) state.stop?.()
    })
  }

  /** The result of `work`, unless the scope is cancelled first; then the work goes on unheard. */
  of<T>(work: Promise<T>): Promise<T> {
    // A rejection that nobody hears would end the process; a cancelled scope listens to nothing.
    if (this.#cancelled) work.catch(() => undefined)
    return this.wait<T>(({ resolve, reject }) => {
      work.then(resolve, reject)
    })
  }

  sleep(delay: Milliseconds): Promise<void> {
    return this.wait<undefined>(({ resolve }) =>
      this.clock.after(delay, () => {
        resolve(undefined)
      }),
    )
  }

  /** Waits until the instant, which may have passed. */
  until(instant: number): Promise<void> {
    return this.sleep(Math.max(0, instant - this.clock.now()))
  }

  /** For ever, that is until cancelled. */
  forever(): Promise<never> {
    return this.wait<never>(() => undefined)
  }

  /** Runs `cleanup` when this scope ends, however it ends. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  /** A child scope: its cleanups have run when the promise settles. */
  run<T>(name: string, body: Body<T>): Promise<T> {
    return this.#cancelled ? refused[this.#cancelled] : this.#adopt(new Scope(name, this.#options), body)
  }

  /** A child in the background, ended when this scope ends. If it fails, this scope fails. */
  spawn(name: string, body: Body<unknown>): void {
    if (this.#cancelled) return
    this.#adopt(new Scope(name, this.#options), body).catch((error: unknown) => {
      this.#fail(error)
    })
  }

  /** Work that goes on beside the body and ends by itself. If it fails while this scope lives, this scope fails. */
  beside(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.#cancelled) this.#fail(error)
    })
  }

  #fail(error: unknown): void {
    if (error instanceof Cancelled) return
    this.#fault ??= { error }
    this.cancel('lost')
  }

  /**
   * Runs `body`, unless `listen` hears something: then the body is cancelled, has ended, and what was heard is given; what is heard at
   * once does not let it begin. Undefined: the body came to its end. `listen` returns how to stop.
   */
  async unless<T>(
    listen: (heard: (value: T) => void) => () => void,
    name: string,
    body: Body<unknown>,
  ): Promise<T | undefined> {
    if (this.#cancelled) throw cancelled[this.#cancelled]
    const child = new Scope(name, this.#options)
    let living = undefined as Promise<unknown> | undefined
    try {
      return await this.wait<T | undefined>(({ resolve, reject }) => {
        const early = { heard: false }
        const stop = listen((value) => {
          early.heard = true
          resolve(value)
        })
        if (early.heard) return stop
        living = this.#adopt(child, body)
        living.then(() => {
          resolve(undefined)
        }, reject)
        return stop
      })
    } finally {
      child.cancel('superseded')
      await living?.catch(() => undefined)
    }
  }

  /** Runs all, returns the first that ends; the others are cancelled and have ended by then. A failure of the first is thrown. */
  async race<Entries extends Record<string, Body<unknown>>>(entries: Entries): Promise<Winner<Entries>> {
    return this.run('race', async (race) => {
      const first = await race.wait<Winner<Entries>>(({ resolve, reject }) => {
        for (const [won, body] of Object.entries(entries)) {
          race.#adopt(new Scope(won, this.#options), body).then((value) => {
            resolve({ won, value } as Winner<Entries>)
          }, reject)
        }
      })
      return first
    })
  }

  /** The value of `body`, or `undefined` when the time was up first. */
  async within<T>(limit: Milliseconds, body: Body<T>): Promise<T | undefined> {
    const end = await this.race({ done: body, timedOut: (scope) => scope.sleep(limit) })
    return end.won === 'done' ? end.value : undefined
  }

  #adopt<T>(child: Scope, body: Body<T>): Promise<T> {
    const living = child.#live(body, () => this.#children.delete(child))
    this.#children.set(child, living)
    return living
  }

  /** Callbacks, not `await`: a call has many scopes, and an end that is thrown through one more frame costs as much as a wait. */
  #live<T>(body: Body<T>, forget?: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        forget?.()
        reject(errorOf(error))
      }
      const end = (settle: () => void): void => {
        const over = (): void => {
          forget?.()
          settle()
        }
        try {
          const ending = this.#end()
          if (ending) ending.then(over, fail)
          else over()
        } catch (error) {
          fail(error)
        }
      }
      this.#begin(body).then(
        (value) => {
          const fault = this.#fault
          end(() => {
            if (fault) reject(errorOf(fault.error))
            else resolve(value)
          })
        },
        (error: unknown) => {
          const fault = this.#fault ?? { error }
          end(() => {
            reject(errorOf(fault.error))
          })
        },
      )
    })
  }

  #begin<T>(body: Body<T>): Promise<T> {
    try {
      return body(this)
    } catch (error) {
      return Promise.reject(errorOf(error))
    }
  }

  /** Undefined: nothing had to be waited for. */
  #end(): Promise<void> | undefined {
    this.cancel('superseded')
    return this.#children.size > 0
      ? Promise.allSettled(this.#children.values()).then(() => this.#tidy())
      : this.#tidy()
  }

  #tidy(): Promise<void> | undefined {
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      const cleaning = this.#clean(cleanup)
      if (cleaning) return cleaning.then(() => this.#tidy())
    }
    return undefined
  }

  #clean(cleanup: () => unknown): Promise<void> | undefined {
    try {
      const running = cleanup()
      return running instanceof Promise ? this.#inTime(running) : undefined
    } catch (fault) {
      this.#options.onCleanupFault(this.name, fault)
      return undefined
    }
  }

  async #inTime(running: Promise<unknown>): Promise<void> {
    let disarm = (): void => undefined
    const late = new Promise<never>((_, reject) => {
      disarm = this.clock.after(this.#options.cleanupLimit ?? 5_000, () => {
        reject(new Error('a cleanup took too long'))
      })
    })
    try {
      await Promise.race([running, late])
    } catch (fault) {
      this.#options.onCleanupFault(this.name, fault)
    } finally {
      disarm()
    }
  }
}
