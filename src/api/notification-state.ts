/** Notification states: every state of a notification, why one is dropped, and how one can end. */
import { mapRows, namesOf, zeroCounts } from '../vocabulary.js';

interface NotificationStateRow {
  /** Its name for people. */
  readonly words: string;
  readonly meaning: string;
}

/** Every state of the notification machine, in display order. */
export const NOTIFICATION_STATES = {
  queued: {
    words: 'queued',
    meaning: 'waits for the end of the turn, for room, or for the system',
  },
  sent: { words: 'sent', meaning: 'the system took it; nobody answers' },
  replaced: { words: 'replaced', meaning: 'a newer one with the same key took its place' },
  dropped: { words: 'dropped', meaning: 'it did not leave this machine' },
} as const satisfies Readonly<Record<string, NotificationStateRow>>;

export type NotificationState = keyof typeof NOTIFICATION_STATES;

/** Every state of a notification. */
export const NOTIFICATION_STATE_NAMES = namesOf(NOTIFICATION_STATES);

/** Every reason to drop a notification, in words. */
export const NOTIFICATION_DROPS = {
  /** As much is on its way to the peer, unacknowledged, as may be. */
  noRoom: 'too much is on its way to the peer',
  /** `error` says why. */
  refused: 'the system did not take it, or there was no place for its peer',
  /** The peer's host name could not be looked up. */
  unresolved: 'the address of its name is not known',
  closed: 'the endpoint closed while it waited',
} as const satisfies Readonly<Record<string, string>>;

/** Why a notification was dropped. */
export type NotificationDrop = keyof typeof NOTIFICATION_DROPS;

/** How a notification ended: a final state, with the reason if it was dropped. */
export type NotificationEnding = 'sent' | 'replaced' | `dropped.${NotificationDrop}`;

/** Every ending, in words. */
export const NOTIFICATION_ENDINGS: Readonly<Record<NotificationEnding, string>> = Object.freeze({
  sent: NOTIFICATION_STATES.sent.meaning,
  replaced: NOTIFICATION_STATES.replaced.meaning,
  ...dropEndings(),
});

function dropEndings(): Record<`dropped.${NotificationDrop}`, string> {
  const words = mapRows(NOTIFICATION_DROPS, (row) => row);
  const rows = namesOf(words).map((reason) => [`dropped.${reason}`, words[reason]] as const);
  return Object.fromEntries(rows) as Record<`dropped.${NotificationDrop}`, string>;
}

/** How many notifications ended in each way. */
export type NotificationCounts = Record<NotificationEnding, number>;

/** Every ending, at zero. */
export function noNotifications(): NotificationCounts {
  return { ...NONE };
}

const NONE = zeroCounts(namesOf(NOTIFICATION_ENDINGS));
