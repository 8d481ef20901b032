import { randomBytes } from 'node:crypto'

/** A password nobody guesses (160 bits), of letters and digits only, so that every phone's web page takes it. */
export const newSecret = (): string => {
  const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  let secret = ''
  while (secret.length < 28)
    for (const byte of randomBytes(32))
      // Bytes beyond the last whole multiple would make some characters likelier than others.
      if (byte < 256 - (256 % alphabet.length) && secret.length < 28)
        secret += alphabet[byte % alphabet.length] ?? ''
  return secret
}
