import type { Company } from './company.js'
import { warning, type Path, type Problem } from './problem.js'

/** The class that comes with the exchange. */
const ownMusic = 'default'

/** O-18: music that callers hear is instrumental and royalty free, and somebody has said so. */
export function lintMusic(company: Company): readonly Problem[] {
  return musicUsed(company).flatMap(([path, name]) => {
    if (name === ownMusic) return []
    const known = company.music.find((music) => music.class === name)
    if (!known)
      return [
        warning(path, `nobody has said that the music "${name}" is instrumental and royalty free: music`),
      ]
    const wrong = [
      ...(known.instrumental ? [] : ['is not instrumental']),
      ...(known.royaltyFree ? [] : ['is not royalty free']),
    ]
    return wrong.map((what) => warning(path, `the music "${name}" ${what}`))
  })
}

const musicUsed = (company: Company): readonly (readonly [Path, string])[] => [
  [['parking', 'music'], company.parking.music],
  ...company.parkGroups.flatMap(({ parking }, index): readonly (readonly [Path, string])[] =>
    parking?.music === undefined ? [] : [[['parkGroups', index, 'parking', 'music'], parking.music]],
  ),
  ...company.queues.map(({ music }, index) => [['queues', index, 'music'], music] as const),
]

/** O-18: what the networks let through as a sender in letters. */
export const lintSmsSender = ({ smsSender }: Company): readonly Problem[] =>
  smsSender === undefined || (/^[A-Za-z0-9 ]{1,11}$/.test(smsSender) && /[A-Za-z]/.test(smsSender))
    ? []
    : [
        warning(
          ['smsSender'],
          `"${smsSender}" cannot be a sender: 1 to 11 of A-Z, a-z, 0-9 and space, one of them a letter`,
        ),
      ]
