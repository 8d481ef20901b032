import { stat } from 'node:fs/promises'
import { problemText, readCompanyFile } from '../../adapters/files/company-file.js'
import { lintCompany } from '../../domain/directory/lint.js'
import type { SourceFile } from '../apply-companies.js'
import { UsageWrong, connected, type Command, type Context, type ExitCode } from '../command.js'
import { readSource } from '../source-files.js'
import { storedCompany } from '../stored-company.js'

export const lint: Command = {
  name: 'lint',
  usage: 'FILE|COMPANY... [--strict]',
  summary: 'check company files, or applied companies, against good telephone manners',
  help: `Errors keep a file from being applied. Warnings are things that work and still leave callers worse off than they should be:
a call that reaches neither a human nor a mailbox, more than two key presses to a human, a private reason told to callers.
A word with a dot or a slash is a file; another is a company, if there is one of that name.

  --strict   exit with 1 at warnings too`,
  options: { strict: { type: 'boolean' } },
  async run(values, words, context) {
    if (words.length === 0) throw new UsageWrong('name a company file or a company')
    let worst: ExitCode = 0
    for (const word of words) {
      const found = lintSource(await sourceOf(word, context), context)
      if (found === 'errors' || (found === 'warnings' && values['strict'] === true)) worst = 1
    }
    return worst
  },
}

async function sourceOf(word: string, context: Context): Promise<SourceFile> {
  const isFile = /[./]/.test(word) || (await stat(word).catch(() => undefined)) !== undefined
  if (isFile) return readSource(word)
  return connected(context, async (connection) => ({
    name: word,
    text: (await storedCompany(word, connection)).source,
  }))
}

function lintSource(file: SourceFile, context: Context): 'clean' | 'warnings' | 'errors' {
  const read = readCompanyFile(file.text)
  if (read.kind === 'refused') {
    for (const problem of read.problems) context.write(`${problemText(file.name, problem)}\n`)
    return 'errors'
  }
  const found = lintCompany(read.company)
  for (const problem of found) context.write(`${problemText(file.name, read.place(problem))}\n`)
  if (found.length > 0) return 'warnings'
  context.write(`${file.name}: nothing to remark\n`)
  return 'clean'
}
