import type { Provisioner } from '../../src/ports/provisioner.js'

/** A phone as the company's provisioning makes it, with the fields that matter to the tests of the exchange. */
export async function provisionPhone(
  provisioner: Provisioner,
  name: string,
  password: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const put = async (
    type: 'auth' | 'aor' | 'endpoint',
    fields: Readonly<Record<string, string>>,
  ): Promise<void> =>
    provisioner.put({
      module: 'res_pjsip',
      type,
      id: name,
      fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
    })
  await put('auth', { auth_type: 'userpass', username: name, password })
  await put('aor', { max_contacts: '1', remove_existing: 'yes' })
  await put('endpoint', {
    auth: name,
    aors: name,
    context: 'vaxel-phones',
    disallow: 'all',
    allow: 'alaw',
    direct_media: 'no',
    send_pai: 'yes',
    send_connected_line: 'yes',
    rpid_immediate: 'yes',
    callerid: `"Phone ${name}" <100>`,
    ...more,
  })
}

/** A WAV file with a steady tone, 8 kHz, as Asterisk plays it. */
export function toneFile(hertz: number, seconds: number): Buffer {
  const count = Math.round(seconds * 8_000)
  const file = Buffer.alloc(44 + count * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + count * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(8_000, 24)
  file.writeUInt32LE(16_000, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(count * 2, 40)
  for (let index = 0; index < count; index += 1)
    file.writeInt16LE(Math.round(13_000 * Math.sin((2 * Math.PI * hertz * index) / 8_000)), 44 + index * 2)
  return file
}
