import type { DeviceName } from '../ids.js'
import { emergencySpellings } from '../numbers/dialled.js'
import { hostOnly } from './claims.js'
import type { Company, Device, Person, Trunk } from './company.js'

/** One field of a configuration object; a name may stand several times (`set_var`). */
export interface ConfigurationField {
  readonly attribute: string
  readonly value: string
}

/** An object to put into Asterisk under `/asterisk/config/dynamic/<module>/<type>/<id>`. */
export interface ConfigurationObject {
  /** identify and registration too: their modules have own sections in sorcery.conf, but keep their objects with res_pjsip. */
  readonly module: 'res_pjsip'
  readonly type: 'auth' | 'aor' | 'endpoint' | 'identify' | 'registration'
  readonly id: string
  readonly fields: readonly ConfigurationField[]
}

export interface GlobalVariable {
  readonly name: string
  readonly value: string
}

/** Everything Asterisk must be told of a company, in the order to tell it: an endpoint after its auth and aor. */
export interface Provisioning {
  readonly objects: readonly ConfigurationObject[]
  /** Whom the dialplan rings while Växel is away. */
  readonly variables: readonly GlobalVariable[]
}

/** Thrown when a device or trunk has no password: secrets are made before anything is provisioned. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing'
  readonly device: DeviceName
  constructor(device: DeviceName) {
    super(`There is no password for the device ${device}`)
    this.device = device
  }
}

const fields = (values: Readonly<Record<string, string>>): readonly ConfigurationField[] =>
  Object.entries(values).map(([attribute, value]) => ({ attribute, value }))

/** What phones and trunks of a company share. */
const shared = (company: Company, mediaAddress: string | undefined): Readonly<Record<string, string>> => ({
  // Sound on the address of SIP only; without this Asterisk listens for it on every address of the machine.
  ...(mediaAddress === undefined ? {} : { media_address: mediaAddress, bind_rtp_to_media_address: 'yes' }),
  // Only what every phone and provider speaks; G.722 last, so that a wide-band phone does not force transcoding to the trunk.
  disallow: 'all',
  allow: 'alaw,ulaw,g722',
  // Sound through Asterisk always: it must be able to speak, record and move a call at any moment.
  direct_media: 'no',
  // Follows what the other side offers, so phones that only know SIP INFO can key digits too.
  dtmf_mode: 'auto_info',
  rtp_symmetric: 'yes',
  force_rport: 'yes',
  rewrite_contact: 'yes',
  // A phone that vanishes without BYE would leave its call for ever.
  rtp_timeout: '60',
  rtp_timeout_hold: '900',
  rtp_keepalive: '15',
  timers: 'yes',
  // Names and numbers: ours are told to the phone, updated while it rings and talks (H-35).
  send_pai: 'yes',
  send_connected_line: 'yes',
  rpid_immediate: 'yes',
  // 0: another call always reaches the phone or 486; "busy" is decided by Växel.
  device_state_busy_at: '0',
  notify_early_inuse_ringing: 'yes',
  tone_zone: company.country.toLowerCase(),
  accountcode: company.company,
})

/**
 * Endpoints, credentials and addresses of every phone and the trunk, and the fallback variables of the dialplan.
 * `secrets` holds a password for every device. Throws `SecretMissing` when it does not.
 */
export function devicesToProvision(
  company: Company,
  secrets: ReadonlyMap<DeviceName, string>,
  mediaAddress?: string,
): Provisioning {
  return {
    objects: [
      ...company.people.flatMap((person) =>
        person.devices.flatMap((device) => phoneObjects(company, person, device, secrets, mediaAddress)),
      ),
      ...(company.trunk === undefined ? [] : trunkObjects(company, company.trunk, mediaAddress)),
    ],
    variables: fallbackVariables(company),
  }
}

function phoneObjects(
  company: Company,
  person: Person,
  device: Device,
  secrets: ReadonlyMap<DeviceName, string>,
  mediaAddress: string | undefined,
): readonly ConfigurationObject[] {
  const password = secrets.get(device.name)
  if (password === undefined) throw new SecretMissing(device.name)
  const webrtc: Readonly<Record<string, string>> =
    device.kind === 'webrtc' ? { webrtc: 'yes', dtls_auto_generate_cert: 'yes' } : {}
  return [
    {
      module: 'res_pjsip',
      type: 'auth',
      id: device.name,
      fields: fields({ auth_type: 'userpass', username: device.name, password }),
    },
    {
      module: 'res_pjsip',
      type: 'aor',
      id: device.name,
      fields: fields({
        // One place per device: a phone that comes back from another port replaces itself.
        max_contacts: '1',
        remove_existing: 'yes',
        minimum_expiration: '30',
        default_expiration: '300',
        maximum_expiration: '3600',
        // A phone that is gone is "not reachable", not "no answer": asked every 30 s.
        qualify_frequency: '30',
      }),
    },
    {
      module: 'res_pjsip',
      type: 'endpoint',
      id: device.name,
      fields: [
        ...fields({
          ...shared(company, mediaAddress),
          ...webrtc,
          context: 'vaxel-phones',
          auth: device.name,
          aors: device.name,
          // A phone that transfers is told as soon as it is done. Watching how the transfer goes on, Asterisk now and then told 503 of one that
          // was carried out: the leg it watches is an inner one, which is gone before a word has passed over it.
          refer_blind_progress: 'no',
          // The name in the request may be anything; what counts is whose password it is.
          identify_by: 'auth_username,username',
          callerid: `"${person.name}" <${person.extension}>`,
          // What the phone says of itself is not believed; what we tell it may be private.
          trust_id_inbound: 'no',
          trust_id_outbound: 'yes',
          language: person.language ?? company.language,
          mailboxes: mailboxOf(company, person),
          allow_subscribe: 'yes',
          subscribe_context: 'vaxel-phones',
        }),
        { attribute: 'set_var', value: `VAXEL_COMPANY=${company.company}` },
        { attribute: 'set_var', value: `VAXEL_DEVICE=${device.name}` },
      ],
    },
  ]
}

/** Name of a person's message lamp (O-17): the same on every device of the person, different in every company. */
export const mailboxOf = (company: Company, person: Person): string =>
  `${person.extension}@${company.company}`

function trunkObjects(
  company: Company,
  trunk: Trunk,
  mediaAddress: string | undefined,
): readonly ConfigurationObject[] {
  const credentials =
    trunk.user === undefined || trunk.password === undefined
      ? undefined
      : { username: trunk.user, password: trunk.password }
  const uri = `sip:${trunk.host}`
  const registration: readonly ConfigurationObject[] =
    trunk.register && credentials !== undefined
      ? [
          {
            module: 'res_pjsip',
            type: 'registration',
            id: trunk.name,
            fields: fields({
              server_uri: uri,
              client_uri: `sip:${credentials.username}@${trunk.host}`,
              contact_user: credentials.username,
              outbound_auth: trunk.name,
              endpoint: trunk.name,
              line: 'yes',
              expiration: '600',
              retry_interval: '30',
              forbidden_retry_interval: '300',
              // A provider that is away must be tried again for as long as the company wants telephones.
              max_retries: '1000000',
              auth_rejection_permanent: 'no',
            }),
          },
        ]
      : []
  return [
    ...(credentials === undefined
      ? []
      : [
          {
            module: 'res_pjsip',
            type: 'auth',
            id: trunk.name,
            fields: fields({ auth_type: 'userpass', ...credentials }),
          } as const,
        ]),
    {
      module: 'res_pjsip',
      type: 'aor',
      id: trunk.name,
      // Never asked whether it is there: Asterisk would refuse to call a provider that does not answer OPTIONS, an emergency call too.
      fields: fields({ contact: uri, qualify_frequency: '0' }),
    },
    {
      module: 'res_pjsip',
      type: 'endpoint',
      id: trunk.name,
      fields: [
        ...fields({
          ...shared(company, mediaAddress),
          context: 'vaxel-trunk',
          aors: trunk.name,
          ...(credentials === undefined
            ? {}
            : {
                outbound_auth: trunk.name,
                from_user: credentials.username,
                from_domain: hostOnly(trunk.host),
              }),
          identify_by: 'ip',
          // The provider vouches for the caller's number and may be told a withheld one.
          trust_id_inbound: 'yes',
          trust_id_outbound: 'yes',
          language: company.language,
          allow_subscribe: 'no',
          // A provider must not move calls about.
          allow_transfer: 'no',
        }),
        { attribute: 'set_var', value: `VAXEL_COMPANY=${company.company}` },
        { attribute: 'set_var', value: `VAXEL_TRUNK=${trunk.name}` },
      ],
    },
    {
      module: 'res_pjsip',
      type: 'identify',
      id: trunk.name,
      fields: fields({
        endpoint: trunk.name,
        match: (trunk.from.length === 0 ? [hostOnly(trunk.host)] : trunk.from).join(','),
      }),
    },
    ...registration,
  ]
}

/** PJSIP/a&PJSIP/b for Dial(). */
const dialString = (devices: readonly Device[]): string =>
  devices.map((device) => `PJSIP/${device.name}`).join('&')

/** The variables dialplans/extensions.conf reads when Växel is away; somebody without a device is left to the reception. */
function fallbackVariables(company: Company): readonly GlobalVariable[] {
  const id = company.company
  const reception = company.reception.people.flatMap(
    (wanted) => company.people.find((person) => person.id === wanted)?.devices ?? [],
  )
  const variable = (name: string, value: string): readonly GlobalVariable[] =>
    value === '' ? [] : [{ name, value }]
  return [
    ...company.people.flatMap((person) => [
      ...variable(`VAXEL_DIAL_${id}_${person.extension}`, dialString(person.devices)),
      ...person.numbers.flatMap((number) =>
        variable(`VAXEL_DID_${number.slice(1)}`, dialString(person.devices)),
      ),
    ]),
    ...variable(`VAXEL_DIAL_${id}_reception`, dialString(reception)),
    ...[company.main, ...company.owned].flatMap((number) =>
      variable(`VAXEL_DID_${number.slice(1)}`, dialString(reception)),
    ),
    ...variable(`VAXEL_TRUNK_${id}`, company.trunk?.name ?? ''),
    ...[...emergencySpellings(company)].map(([dialled, number]) => ({
      name: `VAXEL_EMERGENCY_${id}_${dialled}`,
      value: number,
    })),
  ]
}

/**
 * What must go because the new state no longer has it: objects to delete (endpoints first, so that nothing points at what is gone)
 * and variables to empty.
 */
export function provisioningToRemove(
  before: Provisioning,
  after: Provisioning,
): {
  readonly objects: readonly Omit<ConfigurationObject, 'fields'>[]
  readonly variables: readonly string[]
} {
  const kept = new Set(after.objects.map((object) => `${object.type}/${object.id}`))
  const names = new Set(after.variables.map((variable) => variable.name))
  return {
    objects: before.objects
      .filter((object) => !kept.has(`${object.type}/${object.id}`))
      .map(({ module, type, id }) => ({ module, type, id }))
      .toReversed(),
    variables: before.variables.map((variable) => variable.name).filter((name) => !names.has(name)),
  }
}
