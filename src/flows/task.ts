import type { Scope } from '../runtime/scope.js'

/** Something that goes on beside a story until it is done, stopped, or the story ends. */
export interface Task {
  readonly stop: () => void
}

export function beginTask(scope: Scope, name: string, body: (scope: Scope) => Promise<unknown>): Task {
  let stop = (): void => undefined
  scope.spawn(name, (outer) =>
    outer.race({
      stopped: (waiting) =>
        waiting.wait<undefined>(({ resolve }) => {
          stop = () => {
            resolve(undefined)
          }
          return undefined
        }),
      body,
    }),
  )
  return {
    stop: () => {
      stop()
    },
  }
}
