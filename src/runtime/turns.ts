/** Runs actions of one name one after the other, in the order in which they were asked for. Those of different names do not wait for each other. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const run = before === undefined ? action() : before.then(action)
    const done = run.then(
      () => undefined,
      () => undefined,
    )
    this.#last.set(name, done)
    void done.then(() => {
      if (this.#last.get(name) === done) this.#last.delete(name)
    })
    return run
  }
}
