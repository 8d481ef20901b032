/** Where in a company file something stands: keys and list positions, outermost first. Empty: the file as a whole. */
export type Path = readonly (string | number)[]

/**
 * Something wrong with a company. An `error` keeps the whole file from being applied; a `warning` is told and applied all the same.
 * The message says what is wrong and what to do, in words for the one who wrote the file.
 */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly path: Path
  readonly message: string
}

export const error = (path: Path, message: string): Problem => ({ severity: 'error', path, message })
export const warning = (path: Path, message: string): Problem => ({ severity: 'warning', path, message })

/** `people[3].devices[0].name`, the way a reader points at it. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${String(step)}]` : text === '' ? step : `${text}.${step}`,
    '',
  )
