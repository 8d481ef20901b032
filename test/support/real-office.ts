import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { DeviceName } from '../../src/domain/ids.js'
import { projectDirectory } from '../../src/launcher/project.js'
import { startExchange, type Exchange, type ExchangeOptions } from './exchange.js'
import { officeFile } from './office.js'
import { startPhone, type Phone } from './phones/phone.js'
import { startTrunk, type Trunk } from './phones/trunk.js'

export interface RealOffice {
  readonly exchange: Exchange
  /** Starts and registers a phone of the company by its device name. */
  phone(device: string, tone?: number): Promise<Phone>
  /** The network outside. */
  trunk(tone?: number): Promise<Trunk>
  /** Runs the command line, as a person would; gives what it printed. Rejects with its complaint. */
  vaxel(...words: readonly string[]): Promise<string>
  stop(): Promise<void>
}

/** The office of the flow tests on a real Asterisk, with real phones. */
export async function startRealOffice(
  options: ExchangeOptions & { readonly file?: Readonly<Record<string, unknown>> } = {},
): Promise<RealOffice> {
  const exchange = await startExchange({ ...options, vaxel: false })
  const trunkPort = exchange.ports.phones[0] ?? 0
  const phones: { stop(): Promise<void> }[] = []
  const company = options.file ?? officeFile
  const file = join(exchange.places.directory, 'company.yaml')
  writeFileSync(
    file,
    stringify({
      ...company,
      trunk: { name: 'kontoret-trunk', host: `127.0.0.2:${String(trunkPort)}`, from: ['127.0.0.2'] },
    }),
  )
  const vaxel = (...words: readonly string[]): Promise<string> => run(exchange, words)
  try {
    await exchange.vaxel.start()
    await vaxel('apply', file)
  } catch (error) {
    const logs = exchange.logs()
    await exchange.stop()
    throw new Error(`the office did not open\n${logs}`, { cause: error })
  }
  const passwords = await passwordsOf(vaxel)
  const registrar = `sip:${exchange.sip.address}:${String(exchange.sip.port)}`
  let used = 1
  const nextPort = (): number => exchange.ports.phones[used++] ?? 0
  return {
    exchange,
    vaxel,
    phone: async (device, tone) => {
      const password = passwords.get(device as DeviceName)
      if (password === undefined) throw new Error(`there is no device ${device}`)
      const phone = await startPhone({
        name: device,
        password,
        registrar,
        listenPort: nextPort(),
        mwi: true,
        ...(tone === undefined ? {} : { tone }),
      })
      phones.push(phone)
      await phone.registered()
      return phone
    },
    trunk: async (tone) => {
      const trunk = await startTrunk({
        name: 'outside',
        exchange: registrar,
        port: trunkPort,
        ...(tone === undefined ? {} : { tone }),
      })
      phones.push(trunk)
      return trunk
    },
    stop: async () => {
      await Promise.all(phones.map((phone) => phone.stop()))
      await exchange.stop()
    },
  }
}

function run(exchange: Exchange, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(projectDirectory, 'dist/cli/main.js'), ...words],
      { env: { ...process.env, ...exchange.environment } },
      (error, output, complaint) => {
        if (error) reject(new Error(`vaxel ${words.join(' ')}: ${complaint}${output}`, { cause: error }))
        else resolve(output)
      },
    )
  })
}

/** Registration name to password, as `vaxel phones` prints them. */
async function passwordsOf(vaxel: RealOffice['vaxel']): Promise<ReadonlyMap<DeviceName, string>> {
  const text = await vaxel('phones', '--json')
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly registration: DeviceName; readonly password: string })
  return new Map(rows.map(({ registration, password }) => [registration, password]))
}
