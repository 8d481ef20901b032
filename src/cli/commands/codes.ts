import { codeTable, helpText } from '../../domain/feature-codes/derived.js'
import { featureCodes } from '../../domain/feature-codes/table.js'
import { languages } from '../../domain/ids.js'
import { UsageWrong, type Command } from '../command.js'

export const codes: Command = {
  name: 'codes',
  usage: '[--language sv|de|en] [--markdown]',
  summary: 'print the feature codes to key on a phone',
  help: `  --language CODE   words in Swedish, German or English (en)
  --markdown        the table of the README, in all three`,
  options: { language: { type: 'string', default: 'en' }, markdown: { type: 'boolean' } },
  run(values, words, context) {
    if (words.length > 0) throw new UsageWrong('takes no words')
    const language = languages.find((known) => known === values['language'])
    if (language === undefined)
      throw new UsageWrong(`there is no language "${String(values['language'])}": ${languages.join(', ')}`)
    context.write(values['markdown'] === true ? codeTable(featureCodes) : helpText(featureCodes, language))
    return Promise.resolve(0)
  },
}
