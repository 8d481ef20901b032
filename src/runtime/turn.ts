/** Runs `action` when everything that has arrived by now was dealt with, before anything new is waited for. */
export function atEndOfTurn(action: () => void): void {
  setImmediate(action)
}
