import { readFile } from 'node:fs/promises'
import type { SourceFile } from './apply-companies.js'
import { CommandFailed } from './command.js'

/** Reads a company file to the letter. Rejects with `CommandFailed`, in words, when it cannot. */
export async function readSource(name: string): Promise<SourceFile> {
  const bytes = await readFile(name).catch((cause: unknown) => {
    throw new CommandFailed(`${name} cannot be read: ${reasonOf(cause)}`)
  })
  try {
    // The byte order mark is kept: export must give back what was applied.
    return { name, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    throw new CommandFailed(`${name} is not UTF-8 text: save it as UTF-8`)
  }
}

function reasonOf(cause: unknown): string {
  const code = (cause as { code?: unknown }).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a directory'
  if (code === 'EACCES') return 'you may not read it'
  return cause instanceof Error ? cause.message : String(cause)
}
