/**
 * Characters that end or change a value where names and credentials go: SIP headers (RFC 3261 25.1), Asterisk's caller id
 * `"Name" <101>` and its variables. Returns what was found, in words, or undefined.
 */
export function unsafeText(text: string): string | undefined {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029)
      return 'a control character'
    if (code >= 0xd800 && code <= 0xdfff) return 'half a character'
    if ('"<>\\$;{}'.includes(character)) return `the character ${character}`
  }
  return text.trim() === text ? undefined : 'a space at an end'
}
