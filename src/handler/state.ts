/** The states of a handler. */
import { namesOf } from '../vocabulary.js';

/** Every state of the handler machine with its name for people, in the order in which they are shown them. */
export const HANDLER_STATES = {
  received: 'received',
  running: 'running',
  replied: 'replied',
  failed: 'failed',
  refused: 'refused',
  abandoned: 'abandoned',
} as const satisfies Readonly<Record<string, string>>;

export type HandlerState = keyof typeof HANDLER_STATES;

/** Every state of a handler. */
export const HANDLER_STATE_NAMES = namesOf(HANDLER_STATES);
