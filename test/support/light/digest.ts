import { createHash, randomBytes } from 'node:crypto'
import { headerValue, type SipMessage } from '../phones/sip-message.js'

export interface Account {
  readonly name: string
  readonly password: string
}

/** Header line that answers a challenge: digest with MD5 and qop=auth (RFC 2617), which is what Asterisk asks for. */
export function authorization(account: Account, method: string, uri: string, challenge: SipMessage): string {
  const asked = headerValue(challenge, 'WWW-Authenticate') ?? ''
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(asked)?.[1] ?? ''
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const clientNonce = randomBytes(6).toString('hex')
  const secret = md5(`${account.name}:${field('realm')}:${account.password}`)
  const response = md5(`${secret}:${field('nonce')}:00000001:${clientNonce}:auth:${md5(`${method}:${uri}`)}`)
  const opaque = field('opaque') === '' ? '' : `, opaque="${field('opaque')}"`
  return (
    `Authorization: Digest username="${account.name}", realm="${field('realm')}", nonce="${field('nonce')}", ` +
    `uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="${clientNonce}"${opaque}`
  )
}
