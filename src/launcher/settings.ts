import { existsSync, readdirSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PortRange } from './asterisk.js'
import { LauncherError } from './errors.js'
import { projectDirectory } from '../project.js'

/** What `npm start` was asked to do. */
export interface LauncherSettings {
  /** Address SIP and RTP bind to: loopback, or the one given with --lan. */
  readonly sipAddress: string
  readonly lan: boolean
  readonly sipPort: number
  readonly ariPort: number
  readonly redisPort: number
  readonly httpPort: number
  readonly rtpPorts: PortRange
  /** A second process of Växel stands by. */
  readonly standby: boolean
  /** Redis, what people said, secrets, mail and logs. */
  readonly dataDirectory: string
  /** Company files applied at start. */
  readonly companies: readonly string[]
  /** Växel's log on the terminal instead of a file. */
  readonly verbose: boolean
}

export const usage = `npm start -- [--lan ADDRESS] [--data DIRECTORY] [--company FILE]... [--verbose]

  --lan ADDRESS     bind SIP and RTP to this address of the machine instead of loopback
  --data DIRECTORY  where everything is kept that cannot be made again (VAXEL_DATA_DIR; default: var)
  --company FILE    company file to apply at start; may be repeated (default: all of company/)
  --verbose         show Växel's log on the terminal

Ports: VAXEL_SIP_PORT=5060 VAXEL_ARI_PORT=8088 VAXEL_RTP_PORTS=10000-10999 VAXEL_REDIS_PORT=6390 VAXEL_HTTP_PORT=8090
VAXEL_STANDBY=no saves the memory of the second process that could go on at once when Växel dies`

type Environment = Readonly<Record<string, string | undefined>>

/** @throws LauncherError when a setting or an argument makes no sense; `help` when the usage was asked for */
export function readSettings(
  argumentList: readonly string[],
  environment: Environment,
): LauncherSettings | 'help' {
  const values = readArguments(argumentList)
  if (values.help === true) return 'help'
  return {
    sipAddress: values.lan === undefined ? '127.0.0.1' : lanAddress(values.lan),
    lan: values.lan !== undefined,
    sipPort: port(environment, 'VAXEL_SIP_PORT', 5060),
    ariPort: port(environment, 'VAXEL_ARI_PORT', 8088),
    redisPort: port(environment, 'VAXEL_REDIS_PORT', 6390),
    httpPort: port(environment, 'VAXEL_HTTP_PORT', 8090),
    rtpPorts: range(environment, 'VAXEL_RTP_PORTS', '10000-10999'),
    standby: readStandby(environment),
    dataDirectory: resolve(values.data ?? environment['VAXEL_DATA_DIR'] ?? join(projectDirectory, 'var')),
    companies: (values.company ?? exampleCompanies()).map(companyFile),
    verbose: values.verbose ?? false,
  }
}

function readArguments(argumentList: readonly string[]) {
  try {
    return parseArgs({
      args: [...argumentList],
      options: {
        lan: { type: 'string' },
        data: { type: 'string' },
        company: { type: 'string', multiple: true },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new LauncherError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`, {
      cause,
    })
  }
}

function lanAddress(value: string): string {
  if (isIPv4(value) && value !== '0.0.0.0' && !value.startsWith('127.')) return value
  throw new LauncherError(
    `--lan ${value}: give the IPv4 address this machine has in the network of the phones (see: ip address). ` +
      'All addresses at once are not offered, so that the exchange never listens where nobody meant it to.',
  )
}

function port(environment: Environment, name: string, standard: number): number {
  const text = environment[name] ?? String(standard)
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= 65_535) return value
  throw new LauncherError(`${name}=${text} is not a port. Give a number from 1 to 65535.`)
}

function range(environment: Environment, name: string, standard: string): PortRange {
  const text = environment[name] ?? standard
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (first >= 1024 && last <= 65_535 && last - first >= 9) return { first, last }
  throw new LauncherError(
    `${name}=${text} is not a usable range. Give FIRST-LAST, at least 10 ports from 1024 up.`,
  )
}

/** @throws LauncherError when it is neither yes, the default, nor no */
export function readStandby(environment: Environment): boolean {
  const text = environment['VAXEL_STANDBY'] ?? ''
  if (text === '' || text === 'yes') return true
  if (text === 'no') return false
  throw new LauncherError(`VAXEL_STANDBY=${text} is neither yes nor no.`)
}

function companyFile(file: string): string {
  const path = resolve(file)
  // They are given to Växel in VAXEL_COMPANIES, with commas between.
  if (path.includes(',')) throw new LauncherError(`the path of a company file may hold no comma: ${path}`)
  if (existsSync(path)) return path
  throw new LauncherError(`the company file ${path} does not exist`)
}

function exampleCompanies(): readonly string[] {
  const directory = join(projectDirectory, 'company')
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => join(directory, file))
}
