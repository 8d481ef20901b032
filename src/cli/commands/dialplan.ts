import { dialplanFor } from '../../domain/feature-codes/derived.js'
import { featureCodes } from '../../domain/feature-codes/table.js'
import { UsageWrong, type Command } from '../command.js'

export const dialplan: Command = {
  name: 'dialplan',
  usage: '',
  summary: 'print feature-codes.conf, the part of the dialplan made from the table of codes',
  help: `Included by dialplans/extensions.conf. To renew it:

  vaxel dialplan > dialplans/feature-codes.conf`,
  options: {},
  run(_values, words, context) {
    if (words.length > 0) throw new UsageWrong('takes no words')
    context.write(dialplanFor(featureCodes))
    return Promise.resolve(0)
  },
}
