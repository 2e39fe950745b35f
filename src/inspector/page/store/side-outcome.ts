/** Side outcome: how a call, a notification or a request ended, as far as it has. */
import type { Side } from './transaction.js';

/** What is wrong with these is not that they are still under way. */
const FAILED: Readonly<Record<Side['kind'], ReadonlySet<string>>> = {
  call: new Set(['rejected', 'timedOut', 'unsent']),
  notification: new Set(['dropped']),
  handler: new Set(['failed', 'refused', 'abandoned']),
};

/**
 * The outcome; undefined while there is none. A call that timed out did so, whatever came later.
 */
export function outcomeOf({ kind, state, final }: Side): string | undefined {
  if (kind === 'call' && (state === 'timedOut' || state === 'late' || state === 'lost')) {
    return 'timedOut';
  }
  return final ? state : undefined;
}

export function hasFailed(side: Side): boolean {
  return FAILED[side.kind].has(outcomeOf(side) ?? '');
}

/** Whether it is still under way. */
export function isOpen(side: Side): boolean {
  return outcomeOf(side) === undefined && side.endedAtMs === undefined;
}

/** The code, the name and the verdict of what went wrong, as far as there are any. */
export function causesOf({ steps }: Side): string[] {
  const causes: unknown[] = [];
  for (const { outcome, error, state, because } of steps) {
    for (const wrong of [error, outcome?.['error'], outcome?.['reason']]) {
      const { code, name } = (wrong ?? {}) as { code?: unknown; name?: unknown };
      causes.push(code, name);
    }
    causes.push(outcome?.['verdict']);
    // The reason of a refusal, and why a notification was dropped, are names.
    if (state === 'refused' || state === 'dropped') causes.push(because);
  }
  return causes.filter((cause) => typeof cause === 'string');
}
