/** Handler states: every state of a handler, with its display name. */
import { namesOf } from '../vocabulary.js';

/** Every state of the handler machine with its display name, in display order. */
export const HANDLER_STATES = {
  received: 'received',
  running: 'running',
  replied: 'replied',
  finished: 'finished',
  failed: 'failed',
  refused: 'refused',
  abandoned: 'abandoned',
} as const satisfies Readonly<Record<string, string>>;

export type HandlerState = keyof typeof HANDLER_STATES;

export const HANDLER_STATE_NAMES = namesOf(HANDLER_STATES);
