import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerAddress } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { createMailer } from '../../../src/adapters/mail/mailer.js'
import { MailRefused, type Mail } from '../../../src/ports/mail.js'

const from = 'Växel <vaxel@example.com>'
const mail: Mail = {
  id: 'message-acme-anna-1/åäö',
  to: ['anna@example.com', 'bo@example.com'],
  subject: 'Nytt röstmeddelande från 0701234567',
  text: 'Hej Anna!\nDu har ett meddelande på 12 sekunder.\n',
  attachments: [
    { fileName: 'meddelande.wav', type: 'audio/wav', content: Uint8Array.from([82, 73, 70, 70, 0, 255]) },
  ],
}

const leftovers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const tidy of leftovers.splice(0).reverse()) await tidy()
})

interface Received {
  readonly to: readonly string[]
  readonly raw: string
}

async function smtpServer(refuse: (address: string) => number | undefined = () => undefined) {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'vaxel' && password === 'hemlig') done(null, { user: 'vaxel' })
      else done(new Error('no'))
    },
    onRcptTo: (address: SMTPServerAddress, _session, done) => {
      const code = refuse(address.address)
      done(
        code === undefined
          ? null
          : Object.assign(new Error(`${address.address} is not here`), { responseCode: code }),
      )
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
        })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(23_101, '127.0.0.1', resolve))
  leftovers.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return { received, url: 'smtp://127.0.0.1:23101' }
}

const refusal = async (sending: Promise<void>): Promise<MailRefused> => {
  const fault: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(fault).toBeInstanceOf(MailRefused)
  return fault as MailRefused
}

describe('mail by SMTP', () => {
  it('O-17 reaches every addressee with subject, text and sound', async () => {
    const { received, url } = await smtpServer()
    await createMailer({ from, to: { smtp: url } }).send(mail)
    expect(received).toHaveLength(1)
    expect(received[0]?.to).toEqual(mail.to)
    const raw = received[0]?.raw ?? ''
    expect(raw).toContain('Content-Type: audio/wav; name=meddelande.wav')
    expect(raw).toContain(Buffer.from([82, 73, 70, 70, 0, 255]).toString('base64'))
    expect(raw).toContain('Auto-Submitted: auto-generated')
    expect(raw).toMatch(/Subject: =\?UTF-8\?/)
  })
  it('S-05 the same mail sent again carries the same Message-ID, another mail another', async () => {
    const { received, url } = await smtpServer()
    const mailer = createMailer({ from, to: { smtp: url } })
    await mailer.send(mail)
    await mailer.send(mail)
    await mailer.send({ ...mail, id: 'another' })
    const ids = received.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
  })
  it('signs in with the user and password of the address', async () => {
    const { received, url } = await smtpServer()
    await createMailer({ from, to: { smtp: url.replace('//', '//vaxel:hemlig@') } }).send(mail)
    expect(received).toHaveLength(1)
    const wrong = createMailer({ from, to: { smtp: url.replace('//', '//vaxel:fel@') } })
    expect((await refusal(wrong.send(mail))).message).not.toContain('fel@')
  })
  it('S-05 a refusal for now can be tried again, and names nobody', async () => {
    const { url } = await smtpServer(() => 451)
    const refused = await refusal(createMailer({ from, to: { smtp: url } }).send(mail))
    expect(refused.permanent).toBe(false)
    expect(refused.message).not.toContain('example.com')
  })
  it('S-05 a refusal for good is told as such', async () => {
    const { url } = await smtpServer(() => 550)
    expect((await refusal(createMailer({ from, to: { smtp: url } }).send(mail))).permanent).toBe(true)
  })
  it('S-05 a mail that was taken for one addressee is not asked for again', async () => {
    const { received, url } = await smtpServer((address) => (address.startsWith('bo') ? 451 : undefined))
    expect((await refusal(createMailer({ from, to: { smtp: url } }).send(mail))).permanent).toBe(true)
    expect(received[0]?.to).toEqual(['anna@example.com'])
  })
  it('S-05 no server there: refused for now', async () => {
    const refused = await refusal(createMailer({ from, to: { smtp: 'smtp://127.0.0.1:23102' } }).send(mail))
    expect(refused.permanent).toBe(false)
  })
  it('S-05 a server that hangs up in the middle: refused for now', async () => {
    const server = createServer((socket) => socket.write('220 hello\r\n', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(23_103, '127.0.0.1', resolve))
    leftovers.push(() => new Promise((resolve) => server.close(resolve)))
    const refused = await refusal(createMailer({ from, to: { smtp: 'smtp://127.0.0.1:23103' } }).send(mail))
    expect(refused.permanent).toBe(false)
  })
  it('nobody can smuggle a header or a file in through what stands in a mail', async () => {
    const { received, url } = await smtpServer()
    await createMailer({ from, to: { smtp: url } }).send({
      ...mail,
      subject: 'x\r\nBcc: thief@example.com\r\n\r\nbody',
      attachments: [{ fileName: '../../x"\r\nX-Evil: 1', type: 'audio/wav', content: Uint8Array.of(1) }],
    })
    expect(received[0]?.to).toEqual(mail.to)
    expect(received[0]?.raw).not.toMatch(/^(Bcc|X-Evil):/im)
  })
})

describe('mail into a directory', () => {
  it('O-17 writes a whole .eml, and the same mail twice is one file', async () => {
    const directory = join(await mkdtemp(join(tmpdir(), 'vaxel-mail-')), 'out')
    leftovers.push(() => rm(directory, { recursive: true }))
    const mailer = createMailer({ from, to: { directory } })
    await mailer.send(mail)
    await mailer.send(mail)
    await mailer.send({ ...mail, id: 'another' })
    const files = await readdir(directory)
    expect(files).toHaveLength(2)
    expect(files.every((file) => file.endsWith('.eml'))).toBe(true)
    const raw = await readFile(join(directory, files[0] ?? ''), 'latin1')
    expect(raw).toContain('To: anna@example.com, bo@example.com')
    expect(raw).toContain('filename=meddelande.wav')
  })
})
