/**
 * `npm run demo [STORY]`: real phones act out a story on an exchange of their own, and what each heard, saw and keyed is
 * printed. Ends with 0 only if everything was as it should be.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Company } from '../src/domain/directory/company.js'
import type { Instant } from '../src/domain/ids.js'
import { openStage, type Stage } from './stage.js'

/** What a file in stories/ exports as `story`. */
export interface Story {
  /** One line of what is shown. */
  readonly title: string
  /** Seconds after which it has failed, the start of the exchange included. */
  readonly within: number
  /** What is different from the example company, so that the story is the same at any hour. */
  readonly company?: (example: Company) => Company
  /** What the clock of the exchange shows when it starts, if that matters. */
  readonly clock?: Instant
  /** Rejects as soon as something is not as it should be. */
  readonly play: (stage: Stage) => Promise<void>
}

const stories = join(import.meta.dirname, 'stories')
const names = readdirSync(stories)
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length))

async function main(name: string): Promise<number> {
  const file = join(stories, `${name}.js`)
  if (!existsSync(file)) {
    process.stderr.write(`There is no story ${name}. Choose one of: ${names.join(', ')}\n`)
    return 2
  }
  const { story } = (await import(pathToFileURL(file).href)) as { readonly story: Story }
  process.stdout.write(`${story.title}\n\n`)
  const opening = openStage(story)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the story took longer than ${String(story.within)} s`))
    }, story.within * 1000)
  })
  try {
    await Promise.race([opening.then(story.play), late])
    process.stdout.write('\nEverything was as it should be.\n')
    return 0
  } catch (error) {
    process.stdout.write(`\nNOT as it should be: ${error instanceof Error ? error.message : String(error)}\n`)
    if (error instanceof Error && error.cause instanceof Error)
      process.stderr.write(`${error.cause.message}\n`)
    process.stderr.write(`${(await opening).logs()}\n`)
    return 1
  } finally {
    clearTimeout(timer)
    await (await opening).close()
  }
}

process.exit(await main(process.argv[2] ?? 'absence'))
