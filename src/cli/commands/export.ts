import { UsageWrong, connected, type Command, type ExitCode } from '../command.js'
import { storedCompany } from '../stored-company.js'

export const exportCompany: Command = {
  name: 'export',
  usage: 'COMPANY',
  summary: 'print a company file as it was applied, to the letter',
  help: `Comments and layout are kept: apply and export give back the same file. It holds PINs and the trunk's password.

  vaxel export exempel > exempel.yaml`,
  options: {},
  async run(_values, words, context) {
    const [name, ...rest] = words
    if (name === undefined || rest.length > 0) throw new UsageWrong('name one company')
    return connected<ExitCode>(context, async (connection) => {
      context.write((await storedCompany(name, connection)).source)
      return 0
    })
  },
}
