/** What `rpcudp call` prints about an outcome: a sentence for people, JSON for programs. */
import type { Outcome, Resolved } from '../api/outcome.js';
import { RemoteError } from '../api/outcome.js';
import type { OutcomeState } from '../api/call-state.js';
import { explainVerdict } from '../api/verdict.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { messageOf, printableName } from '../legible/printable.js';

const EXIT_CODES: Readonly<Record<OutcomeState, ExitCode>> = {
  resolved: EXIT_CODE.success,
  rejected: EXIT_CODE.rejected,
  timedOut: EXIT_CODE.timedOut,
  cancelled: EXIT_CODE.interrupted,
  unsent: EXIT_CODE.failure,
};

export function exitCodeOf({ state }: Outcome): ExitCode {
  return EXIT_CODES[state];
}

/** A sentence that says why there is no value. */
export function explainOutcome(outcome: Exclude<Outcome, Resolved>, peer: string): string {
  switch (outcome.state) {
    case 'rejected':
      return `${peer} rejected the call (${printableName(outcome.error.code)}): ${messageOf(outcome.error)}`;
    case 'timedOut':
      return (
        `no answer from ${peer} in ${outcome.timeoutMs} ms: ` +
        `${explainVerdict(outcome.verdict, outcome.answeredFrom)} (${sent(outcome.attempts)})`
      );
    case 'cancelled':
      return outcome.executed === 'no'
        ? 'interrupted; the procedure did not run'
        : 'interrupted; the procedure may have run';
    case 'unsent':
      return `nothing was sent to ${peer}: ${messageOf(outcome.error)}`;
  }
}

/** The whole outcome as plain data: errors without stacks, times rounded to microseconds. */
export function outcomeData(outcome: Outcome): object {
  switch (outcome.state) {
    case 'resolved':
      return { ...outcome, rttMs: toMicroseconds(outcome.rttMs) };
    case 'rejected':
      return {
        ...outcome,
        error: errorData(outcome.error),
        rttMs: toMicroseconds(outcome.rttMs),
      };
    case 'cancelled':
      return { ...outcome, reason: errorData(outcome.reason) };
    case 'unsent':
      return { ...outcome, error: errorData(outcome.error) };
    case 'timedOut':
      return outcome;
  }
}

function errorData(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  const code = 'code' in error ? error.code : undefined;
  return { name, code, message, data: error instanceof RemoteError ? error.data : undefined };
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

function sent(attempts: number): string {
  return attempts === 1 ? 'sent once' : `sent ${attempts} times`;
}
