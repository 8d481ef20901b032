import { deviceNames } from '../apply-companies.js'
import { connected, type Command, type ExitCode } from '../command.js'
import { storedCompanies } from '../stored-company.js'
import { table } from '../table.js'

export const phones: Command = {
  name: 'phones',
  usage: '[COMPANY...] [--json]',
  summary: 'print what a phone needs to register: number, name, registration name, password',
  help: `Passwords are printed on purpose: keep the output to yourself. Set up a phone with the registration name as user and as
authentication name; the number is what others dial.

  --json   one JSON object a line`,
  options: { json: { type: 'boolean' } },
  async run(values, words, context) {
    return connected<ExitCode>(context, async (connection) => {
      for (const { company } of await storedCompanies(words, connection)) {
        const secrets = await connection.stores.companies.ensureSecrets(
          company.company,
          deviceNames(company),
          context.newSecret,
        )
        const rows = company.people.flatMap((person) =>
          person.devices.map((device) => ({
            company: company.company,
            number: person.extension,
            name: person.name,
            kind: device.kind,
            registration: device.name,
            password: secrets.get(device.name) ?? '',
          })),
        )
        if (values['json'] === true) for (const row of rows) context.write(`${JSON.stringify(row)}\n`)
        else {
          context.write(`${company.name} (${company.company})\n`)
          context.write(
            table(
              ['number', 'name', 'kind', 'registration name', 'password'],
              rows.map((row) => [row.number, row.name, row.kind, row.registration, row.password]),
            ),
          )
        }
      }
      return 0
    })
  },
}
