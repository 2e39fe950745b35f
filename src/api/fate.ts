/** Fates: how inbound frames were dealt with. Each has exactly one fate, so the counts add up. */
import { namesOf, zeroCounts } from '../vocabulary.js';
import { DROP_REASON_NAMES, DROP_REASONS } from '../wire/drop-reason.js';
import type { DropReason } from '../wire/drop-reason.js';
import { ERROR_CODES, NOT_RUN_CODES } from '../wire/error-code.js';
import type { NotRunCode } from '../wire/error-code.js';

/** Fates of answers. */
const OF_ANSWERS = {
  'response.matched': 'settled its call',
  'response.working': 'told its call that the procedure still runs',
  /** If its request was put off, it was sent again. */
  'response.present': 'told its call, or its notifications, that an rpcudp endpoint is there',
  /** The request was sent again, with the token that the peer asked for. */
  'response.challenge': 'asked its call to validate our address',
  /** From a peer that answers any request. */
  'response.ignored': 'answered a notification, whose answer nobody reads',
  'response.late': 'its call had timed out or was cancelled',
  'response.duplicate': 'its call had been answered',
  'response.orphan': 'no call is known that has its id',
  'response.wrongPeer': 'its call was to another address',
} as const;

/** Fates of requests that were not refused. */
const OF_REQUESTS = {
  'request.run': 'its procedure was started',
  'request.duplicate': 'arrived before; no reply to repeat yet',
  /** A refusal is also a reply. */
  'request.replayed': 'arrived before; the same reply was sent again',
  'request.conflict': 'another request has the same id; not run',
} as const;

/** Fates of other frames that could be read. */
const OF_OTHERS = {
  'cancel.delivered': 'cancelled a procedure that was running',
  'cancel.orphan': 'no such procedure was running',
  'probe.answered': 'its sender was told that an rpcudp endpoint is here',
  /** From port 0; or a request or probe from a multicast, broadcast or unspecified address. */
  badSource: 'from an address that cannot be answered',
} as const;

/**
 * How a frame was dealt with. The part before the first dot names the kind of frame: an answer, a
 * request, a `cancel`, a `probe`, or a frame that could not be read (`malformed.*`, followed by the
 * reason). `FATES` says what each fate means.
 */
export type Fate =
  | keyof typeof OF_ANSWERS
  | keyof typeof OF_REQUESTS
  | `request.refused.${NotRunCode}`
  | keyof typeof OF_OTHERS
  | `malformed.${DropReason}`;

/** Every fate, with its meaning in a few words. */
export const FATES: Readonly<Record<Fate, string>> = Object.freeze({
  ...OF_ANSWERS,
  ...OF_REQUESTS,
  ...withReasons('request.refused', NOT_RUN_CODES, ERROR_CODES),
  ...OF_OTHERS,
  ...withReasons('malformed', DROP_REASON_NAMES, DROP_REASONS),
});

/** One fate for each reason, with the reason's words. */
function withReasons<Prefix extends string, Reason extends string>(
  prefix: Prefix,
  reasons: readonly Reason[],
  table: Readonly<Record<Reason, { readonly words: string }>>,
): Record<`${Prefix}.${Reason}`, string> {
  const fates = reasons.map((reason) => [`${prefix}.${reason}`, table[reason].words] as const);
  return Object.fromEntries(fates) as Record<`${Prefix}.${Reason}`, string>;
}

/** The groups of fates: the part before the first dot. */
export type FateGroup = Fate extends infer F
  ? F extends `${infer Group}.${string}`
    ? Group
    : F
  : never;

/** How many frames had each fate. */
export type FateCounts = Readonly<Record<Fate, number>>;

/** Every fate, at zero. */
export function noFates(): Record<Fate, number> {
  return { ...NONE };
}

const NONE = zeroCounts(namesOf(FATES));
