import type { CompanyId } from '../../domain/ids.js'
import { CommandFailed, UsageWrong, connected, type Command, type ExitCode } from '../command.js'

export const token: Command = {
  name: 'token',
  usage: 'COMPANY [--revoke]',
  summary: 'make a token for the HTTP API of a company',
  help: `The token is printed once and cannot be shown again: only its digest is stored. Send it as "Authorization: Bearer TOKEN".
It opens this company only.

  --revoke   end all tokens of the company instead`,
  options: { revoke: { type: 'boolean' } },
  async run(values, words, context) {
    const [word, ...more] = words
    if (word === undefined || more.length > 0) throw new UsageWrong('takes the name of one company')
    const company = word as CompanyId
    return connected<ExitCode>(context, async ({ stores, tokens }) => {
      if (values['revoke'] === true) {
        context.note(`tokens of ${company} ended: ${String(await tokens.revokeAll(company))}`)
        return 0
      }
      if ((await stores.companies.read(company)) === undefined)
        throw new CommandFailed(`There is no company "${company}".`)
      context.write(`${await tokens.issue(company, context.newSecret(), context.now())}\n`)
      return 0
    })
  },
}
