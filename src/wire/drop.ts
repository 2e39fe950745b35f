/** Drop: the result of reading a datagram that must be dropped. */
import { mapRows } from '../vocabulary.js';
import { DROP_REASONS, type DropReason } from './drop-reason.js';

/** Each reason has one shared value, so that a drop costs nothing. */
export class Drop {
  readonly type = 'drop';
  readonly reason: DropReason;

  /** @internal Use `DROP`, which has one for each reason. */
  constructor(reason: DropReason) {
    this.reason = reason;
    Object.freeze(this);
  }
}

export const DROP: Readonly<Record<DropReason, Drop>> = Object.freeze(
  mapRows(DROP_REASONS, (_, reason) => new Drop(reason)),
);

/** Whether the result of reading is a `Drop`. A decoded value never is one. */
export function isDrop(value: unknown): value is Drop {
  return value instanceof Drop;
}
