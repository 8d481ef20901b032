/** A mail ready to be sent. Addresses are personal data: they are in no log. */
export interface Mail {
  /** Idempotency key (S-05): becomes the Message-ID, so that a mail sent twice after a crash is recognised as one. */
  readonly id: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly attachments: readonly MailAttachment[]
}

export interface MailAttachment {
  readonly fileName: string
  /** For example `audio/wav`. */
  readonly type: string
  readonly content: Uint8Array
}

/** The mail was not taken. `permanent`: the server refused it for good (RFC 5321, reply 5yz), trying again is no use. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
  readonly permanent: boolean
  constructor(problem: string, permanent: boolean) {
    super(problem)
    this.permanent = permanent
  }
}

/** Resolves when the mail was taken over by the next server for all of its addressees; rejects with `MailRefused`. Does not retry. */
export interface Mailer {
  send(mail: Mail): Promise<void>
}
