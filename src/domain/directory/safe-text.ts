/**
 * Characters that end or change a value where names and credentials go: SIP headers (RFC 3261 25.1), Asterisk's caller id
 * `"Name" <101>` and its variables. Returns what was found, in words, or undefined.
 */
export function unsafeText(text: string): string | undefined {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029)
      return 'a control character'
    if (isInvisible(code)) return 'an invisible character'
    if (code >= 0xd800 && code <= 0xdfff) return 'half a character'
    if ('"<>\\$;{}'.includes(character)) return `the character ${character}`
  }
  return text.trim() === text ? undefined : 'a space at an end'
}

/** Characters without a width, and those that turn the direction of writing: a name would look like another. Joiners belong to scripts and emoji. */
const isInvisible = (code: number): boolean =>
  code === 0x200b ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  code === 0xfeff
