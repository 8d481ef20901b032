import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Language } from '../../domain/ids.js'
import { languages } from '../../domain/ids.js'
import type { Tongue } from '../../domain/speech/tongue.js'
import { CatalogueError, tongueOf } from '../../domain/speech/tongue.js'

/** All languages of the product, ready to speak. */
export type Tongues = Readonly<Record<Language, Tongue>>

const fileSchema = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * Reads `<folder>/sv.yaml`, `de.yaml` and `en.yaml`.
 * @throws CatalogueError naming every key that is missing, unknown or has the wrong parameters
 */
export async function loadTongues(folder: string): Promise<Tongues> {
  const loaded = await Promise.all(
    languages.map(async (language) => [language, await loadTongue(folder, language)] as const),
  )
  return Object.fromEntries(loaded) as Tongues
}

async function loadTongue(folder: string, language: Language): Promise<Tongue> {
  const content: unknown = parse(await readFile(join(folder, `${language}.yaml`), 'utf8'))
  const groups = fileSchema.safeParse(content)
  if (!groups.success) throw new CatalogueError(language, [z.prettifyError(groups.error)])
  return tongueOf(language, textsIn(groups.data))
}

function textsIn(groups: Readonly<Record<string, Readonly<Record<string, string>>>>): Record<string, string> {
  const texts = Object.entries(groups).flatMap(([group, names]) =>
    Object.entries(names).map(([name, text]) => [`${group}/${name}`, text] as const),
  )
  return Object.fromEntries(texts)
}
