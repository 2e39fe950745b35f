import { mapRows } from '../vocabulary.js';
import { DROP_REASONS, type DropReason } from './drop-reason.js';

/** What reading a datagram gives when it must be dropped: a value, so that refusing costs nothing. */
export class Drop {
  readonly type = 'drop';
  readonly reason: DropReason;

  /** @internal Use `DROP`, which holds one for each reason. */
  constructor(reason: DropReason) {
    this.reason = reason;
    Object.freeze(this);
  }
}

/** The one `Drop` for each reason. */
export const DROP: Readonly<Record<DropReason, Drop>> = Object.freeze(
  mapRows(DROP_REASONS, (_, reason) => new Drop(reason)),
);

/** Whether reading ended in a `Drop`. No decoded value is ever one. */
export function isDrop(value: unknown): value is Drop {
  return value instanceof Drop;
}
