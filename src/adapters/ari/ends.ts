import type { HangUpReason, LegEnd } from '../../ports/pbx.js'

/**
 * How we end a leg. Tried on Asterisk 22.10.1; a caller who was not answered gets the SIP status, a phone that rings a
 * CANCEL and an answered leg a BYE, both with the cause in the Reason header (RFC 3326, ITU-T Q.850).
 *
 * | reason            | status to the caller | Reason                          |
 * |-------------------|----------------------|---------------------------------|
 * | normal            | 603                  | Q.850 16                        |
 * | busy              | 486                  | Q.850 17                        |
 * | noAnswer          | 480                  | Q.850 19                        |
 * | answeredElsewhere | 603                  | SIP 200 and Q.850 26            |
 * | congestion        | 503                  | Q.850 34                        |
 * | rejected          | 403                  | Q.850 21                        |
 * | notFound          | 404                  | Q.850 1                         |
 * | unavailable       | 480                  | Q.850 20                        |
 */
export const hangUpParameters: Readonly<
  Record<HangUpReason, { readonly reason: string } | { readonly reason_code: string }>
> = {
  normal: { reason: 'normal' },
  busy: { reason: 'busy' },
  noAnswer: { reason: 'no_answer' },
  answeredElsewhere: { reason: 'answered_elsewhere' },
  congestion: { reason: 'congestion' },
  rejected: { reason: 'rejected' },
  notFound: { reason: 'unallocated' },
  unavailable: { reason_code: '20' },
}

export interface EndFacts {
  /** ITU-T Q.850; 0 when Asterisk did not tell. */
  readonly cause: number
  /** SIP status behind it. */
  readonly status?: number | undefined
  /** We dialled it. */
  readonly created: boolean
  /** The phone rang, or the trunk told of progress. */
  readonly alerted: boolean
  readonly answered: boolean
}

/**
 * How a leg ended. A phone that was called and never rang was not reachable, whatever its last word was; one that rang
 * and was given up, by itself (480, 408) or by the ring time, did not answer.
 */
export function legEnd({ cause, status, created, alerted, answered }: EndFacts): LegEnd {
  // A caller who gives up is told as 127/487; whatever ends a talk is its normal end.
  if (!created || answered) return cause === 26 ? 'answeredElsewhere' : 'normal'
  switch (cause) {
    case 16:
    case 31:
      return 'normal'
    case 17:
      return 'busy'
    case 21:
      return 'rejected'
    case 26:
      return 'answeredElsewhere'
    case 18:
    case 19:
      return alerted ? 'noAnswer' : 'notReachable'
    case 1:
    case 3:
    case 20:
    case 22:
    case 27:
    case 102:
      return 'notReachable'
    case 127:
      return status === 487 ? 'normal' : 'failed'
    default:
      return 'failed'
  }
}
