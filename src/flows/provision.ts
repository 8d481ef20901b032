import type { Company, Person } from '../domain/directory/company.js'
import { devicesToProvision, provisioningToRemove, type Provisioning } from '../domain/directory/provision.js'
import { reasonsOf } from '../domain/absence/reasons.js'
import type { CompanyId, DeviceName, Language } from '../domain/ids.js'
import { companyMenu } from '../domain/speech/company-menu.js'
import { reasonPhrase } from '../domain/speech/absence-sentence.js'
import { companyName, personName, queueName } from '../domain/speech/names.js'
import type { Phrase } from '../domain/speech/phrase.js'
import type { Tongue } from '../domain/speech/tongue.js'
import type { Logger } from '../ports/log.js'
import type { ExchangeReport } from '../ports/provisioning.js'
import type { Provisioner } from '../ports/provisioner.js'
import type { CompanyStore, StoredCompany } from '../ports/stores.js'
import type { Voice } from '../ports/voice.js'

interface ProvisionDeps {
  readonly provisioner: Provisioner
  readonly companies: CompanyStore
  readonly voice: Voice
  readonly tongues: Readonly<Record<Language, Tongue>>
  readonly log: Logger
  readonly newSecret: () => string
  /** The address of SIP, to which sound is bound too; every address if left out. */
  readonly mediaAddress?: string | undefined
}

const nothing: Provisioning = { objects: [], variables: [] }

/** Keeps the exchange's phones, trunks and spoken names the same as the companies say, while it runs. */
export class Provisioned {
  readonly #deps: ProvisionDeps
  #told: Provisioning = nothing
  #versions: ExchangeReport['provisioned'] = {}
  readonly #secrets = new Map<CompanyId, ReadonlyMap<DeviceName, string>>()

  constructor(deps: ProvisionDeps) {
    this.#deps = deps
  }

  /** Version of each company that the exchange knows now, or why it does not. */
  get versions(): ExchangeReport['provisioned'] {
    return this.#versions
  }

  /** Tells the exchange how things are now. One company that fails does not hold up the others. */
  async tell(companies: readonly StoredCompany[]): Promise<void> {
    const told: Provisioning[] = []
    const versions: Record<string, { readonly version: number; readonly problem?: string }> = {}
    for (const { company, version } of companies) {
      try {
        told.push(await this.#tellCompany(company))
        versions[company.company] = { version }
      } catch (error) {
        this.#deps.log.error('the phones of a company could not be set up', {
          company: company.company,
          error,
        })
        versions[company.company] = {
          version,
          problem: error instanceof Error ? error.message : String(error),
        }
      }
    }
    const now: Provisioning = {
      objects: told.flatMap(({ objects }) => objects),
      variables: told.flatMap(({ variables }) => variables),
    }
    const failed = Object.values(versions).some(({ problem }) => problem !== undefined)
    if (!failed) await this.#removeOthers(now)
    this.#versions = versions
    for (const { company } of companies) await this.#prepareVoice(company)
  }

  async #tellCompany(company: Company): Promise<Provisioning> {
    const { provisioner, mediaAddress } = this.#deps
    const provisioning = devicesToProvision(company, await this.#secretsOf(company), mediaAddress)
    for (const object of provisioning.objects) await provisioner.put(object)
    for (const { name, value } of provisioning.variables) await provisioner.setGlobal(name, value)
    return provisioning
  }

  /** Phones that no company has any more, also those that an earlier run of the process had set up. */
  async #removeOthers(now: Provisioning): Promise<void> {
    const { provisioner } = this.#deps
    const { objects, variables } = provisioningToRemove(this.#told, now)
    for (const object of objects) await provisioner.remove(object)
    for (const name of variables) await provisioner.setGlobal(name, '')
    const kept = new Set(now.objects.map(({ id }) => id))
    for (const id of await provisioner.list()) {
      if (kept.has(id)) continue
      for (const type of ['endpoint', 'identify', 'aor', 'auth'] as const)
        await provisioner.remove({ module: 'res_pjsip', type, id })
    }
    this.#told = now
  }

  /** Passwords once known are put back when the store has lost them (M-06), so that no phone has to be set up again. */
  async #secretsOf(company: Company): Promise<ReadonlyMap<DeviceName, string>> {
    const id = company.company
    const known = this.#secrets.get(id)
    for (const [device, secret] of known ?? [])
      await this.#deps.companies.ensureSecrets(id, [device], () => secret)
    const devices = company.people.flatMap((person) => person.devices.map((device) => device.name))
    const secrets = await this.#deps.companies.ensureSecrets(id, devices, this.#deps.newSecret)
    this.#secrets.set(id, secrets)
    return secrets
  }

  /** Names and own reasons are rendered beforehand, in every language in which they may be said. */
  async #prepareVoice(company: Company): Promise<void> {
    const spoken = new Set<Language>([
      company.language,
      ...company.people.flatMap(({ language }) => language ?? []),
    ])
    for (const language of spoken) {
      const { failed } = await this.#deps.voice.prepare(
        language,
        phrasesOf(company, this.#deps.tongues[language]),
      )
      if (failed.length > 0)
        this.#deps.log.warn('some names could not be rendered', { company: company.company, failed })
    }
  }
}

function phrasesOf(company: Company, tongue: Tongue): readonly Phrase[] {
  const nameOf = ({ id, name, extension }: Person): Phrase =>
    personName(tongue, { company: company.company, person: id, name, extension })
  const ownReasons = company.people.flatMap((person) =>
    reasonsOf(company, person).filter((reason) => reason.person === person.id),
  )
  return [
    companyName(company.company, company.name),
    ...company.people.map(nameOf),
    ...company.menus.flatMap((menu) =>
      menu.text[tongue.language] === undefined ? [] : companyMenu(company, menu, tongue.language),
    ),
    ...[...reasonsOf(company), ...ownReasons].map((reason) => reasonPhrase(tongue, company.company, reason)),
    ...company.queues.map((queue) => queueName(company.company, queue)),
  ]
}
