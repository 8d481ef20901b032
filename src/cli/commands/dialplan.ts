import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageWrong, type Command } from '../command.js'

export const dialplan: Command = {
  name: 'dialplan',
  usage: '',
  summary: 'print feature-codes.conf, the part of the dialplan made from the table of codes',
  help: 'It is included by dialplans/extensions.conf.',
  options: {},
  async run(_values, words, context) {
    if (words.length > 0) throw new UsageWrong('takes no words')
    context.write(await readFile(join(context.projectDirectory, 'dialplans/feature-codes.conf'), 'utf8'))
    return 0
  },
}
