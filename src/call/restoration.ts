/** Restoration: how to go on with a call that an earlier process has made, and may have sent. */
import type { Clock } from '../time/clock.js';
import type { PersistedCall } from './persisted-call.js';
import { SAFE_FOR_MS } from './retransmission.js';

export interface Restoration {
  /**
   * - `ask`: the request may be sent again.
   * - `wait`: it must not, but the answer to what was sent can still arrive.
   * - `end`: no answer can come, or it is too late for one.
   */
  readonly plan: 'ask' | 'wait' | 'end';
  readonly remainingMs: number;
  /** In monotonic milliseconds of this process, like `sentAtMs`. */
  readonly calledAtMs: number;
  readonly sentAtMs: number;
  /** The time of day of the first transmission. */
  readonly sentWallMs: number;
  /** How often it was sent, as far as that is known. */
  readonly attempts: number;
}

/**
 * A peer knows a request by its id and its sender's address, and remembers it for 30 s after its
 * end. So only from the same address, and soon, can it be sent again without running twice. Soon is
 * by the time of day, which is all that two processes have in common: a clock that was set back
 * before the first transmission forbids it.
 *
 * @param local the local address of now
 * @param idempotent whether the procedure may run twice
 */
export function restorationOf(
  persisted: Omit<PersistedCall, 'headers'>,
  local: string,
  idempotent: boolean,
  clock: Clock,
): Restoration {
  const { native, timeoutMs, deadlineMs, sentMs, attempts } = persisted;
  const nowMs = clock.nowMs();
  const wallMs = clock.wallMs();
  const sinceSentMs = wallMs - sentMs;
  const remainingMs = Math.min(deadlineMs - wallMs, timeoutMs);
  const isHeard = local === persisted.local;
  const isRemembered = sinceSentMs >= 0 && sinceSentMs <= SAFE_FOR_MS && native !== false;
  const mayAsk = idempotent || (isHeard && isRemembered);
  return {
    plan: remainingMs > 0 && (mayAsk || isHeard) ? (mayAsk ? 'ask' : 'wait') : 'end',
    remainingMs,
    calledAtMs: nowMs + remainingMs - timeoutMs,
    sentAtMs: nowMs - Math.max(sinceSentMs, 0),
    sentWallMs: sentMs,
    // What waited when it was persisted may have been sent afterwards.
    attempts: Math.max(attempts, 1),
  };
}
