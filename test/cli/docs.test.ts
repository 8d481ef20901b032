import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeTable, dialplanFor } from '../../src/domain/feature-codes/derived.js'
import { featureCodes } from '../../src/domain/feature-codes/table.js'
import { projectDirectory } from '../../src/project.js'
import { companyFields } from '../support/company-reference.js'

const read = (file: string): string => readFileSync(join(projectDirectory, file), 'utf8')

/** The cells of a Markdown table, however it is laid out. */
function cells(table: string): readonly (readonly string[])[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
}

const documents = [
  ...readdirSync(projectDirectory).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(projectDirectory, 'docs')).map((file) => `docs/${file}`),
]

describe('what is made from the table of feature codes', () => {
  it('is the table in the README; renew it by bin/vaxel codes --markdown', () => {
    const [, made = ''] = read('README.md').split(/<!-- .*?-->/)
    expect(cells(made)).toEqual(cells(codeTable(featureCodes)))
  })

  it('is dialplans/feature-codes.conf; renew it by bin/vaxel dialplan > dialplans/feature-codes.conf', () => {
    expect(read('dialplans/feature-codes.conf')).toBe(dialplanFor(featureCodes))
  })
})

describe('the documents', () => {
  it('describe every field of the company file, its form and its default', () => {
    const rows = cells(read('docs/company-file.md')).slice(1)
    expect(rows.map(([path, form]) => `${path ?? ''} ${form ?? ''}`)).toEqual(
      companyFields().map(({ path, form }) => `\`${path}\` ${form}`),
    )
  })

  it('describe every setting, and none that does not exist', () => {
    const sources = [
      'src/config.ts',
      ...['vaxel.ts', 'settings.ts', 'asterisk.ts'].map((file) => `src/launcher/${file}`),
      'asterisk-conf/render',
      'docker-compose.yml',
      ...readdirSync(join(projectDirectory, 'docker')).map((file) => `docker/${file}`),
    ]
    const names = (text: string): ReadonlySet<string> => new Set(text.match(/\bVAXEL_[A-Z_]+[A-Z]/g) ?? [])
    expect([...names(read('docs/configuration.md'))].sort()).toEqual(
      [...names(sources.map(read).join('\n'))].sort(),
    )
  })

  it.each(documents)('%s links to files that are there', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(projectDirectory, dirname(document), link)))).toEqual([])
  })

  it.each(documents)('%s names commands that exist', (document) => {
    const { scripts } = JSON.parse(read('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const named = [...read(document).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    const commands = readdirSync(join(projectDirectory, 'src/cli/commands')).map((file) =>
      file.replace('.ts', ''),
    )
    const used = [...read(document).matchAll(/`(?:bin\/)?vaxel ([a-z]+)/g)].map(([, name = '']) => name)
    expect(used.filter((name) => !commands.includes(name))).toEqual([])
  })
})
