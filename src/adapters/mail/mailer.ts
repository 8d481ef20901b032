import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { MailRefused, type Mail, type Mailer } from '../../ports/mail.js'

export interface MailerOptions {
  /** Sender address, with a name if wanted: `Växel <vaxel@example.com>`. */
  readonly from: string
  /** `smtp://user:password@host:port`, `smtps://…`, or a directory into which each mail is written as an `.eml` file. */
  readonly to: { readonly smtp: string } | { readonly directory: string }
}

/** A server that does not answer is given up after this time; the outbox tries again later. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

export function createMailer({ from, to }: MailerOptions): Mailer {
  return 'smtp' in to ? smtpMailer(from, to.smtp) : directoryMailer(from, to.directory)
}

function smtpMailer(from: string, url: string): Mailer {
  const transport = createTransport({ url, ...patience })
  return {
    send: async (mail) => {
      const sent = await transport.sendMail(compose(from, mail)).catch((fault: unknown) => {
        throw refusal(fault)
      })
      // The server took it for some addressees: sending again would double it for those, so it counts as sent only if nobody was refused.
      if (sent.rejected.length > 0)
        throw new MailRefused(`${sent.rejected.length} of ${mail.to.length} addressees were refused`, true)
    },
  }
}

/** For demonstration and test: the file appears whole or not at all, and the same mail sent twice is one file. */
function directoryMailer(from: string, directory: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true })
  return {
    send: async (mail) => {
      const { message } = await transport.sendMail(compose(from, mail))
      const file = join(directory, `${hash(mail.id)}.eml`)
      await mkdir(directory, { recursive: true })
      await writeFile(`${file}.part`, message)
      await rename(`${file}.part`, file)
    },
  }
}

function compose(from: string, mail: Mail): SendMailOptions {
  return {
    from,
    to: [...mail.to],
    subject: mail.subject,
    text: mail.text,
    messageId: `<${hash(mail.id)}@vaxel.invalid>`,
    // No file and no address on the network may be read because of what stands in a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: mail.attachments.map(({ fileName, type, content }) => ({
      filename: fileName,
      contentType: type,
      content: Buffer.from(content),
    })),
  }
}

/** Ids may hold any characters, file names and Message-IDs may not. */
const hash = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32)

function refusal(fault: unknown): MailRefused {
  const code = typeof fault === 'object' && fault !== null && 'responseCode' in fault ? fault.responseCode : 0
  const permanent = typeof code === 'number' && code >= 500 && code < 600
  // The server's text may repeat an address, so only its code is told.
  const reason =
    typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : 'unknown'
  return new MailRefused(`the mail server refused or failed: ${reason} ${String(code)}`.trim(), permanent)
}
