/** Side reducer: how a step changes what is known of a call or a handler. */
import { printable } from '../../../legible/printable.js';
import type { RecordOf } from '../../record.js';
import { durationText } from './format.js';
import type { Side } from './transaction.js';
import { MAX_STEPS } from './transaction.js';
import { valueText } from './value-text.js';
import { verdictWords } from './verdict-words.js';

const NOTE_LENGTH = 160;

/** Applies the step. */
export function addStep(side: Side, step: RecordOf<'step'>): void {
  if (side.steps.length < MAX_STEPS) side.steps.push(step);
  else side.stepsDropped += 1;
  // An actor that has ended takes no more events, so a later record changes nothing.
  if (side.final) return;
  side.state = step.state;
  side.final = step.final;
  if (step.final) side.endedAtMs = step.atMs;
  if (step.attempt !== undefined) side.attempts = step.attempt;
  if (step.lateByMs !== undefined) side.lateByMs = step.lateByMs;
  const rttMs = step.outcome?.['rttMs'] ?? step.durationMs;
  if (typeof rttMs === 'number') side.elapsedMs = rttMs;
  side.note = noteOf(step) ?? side.note;
}

/** Whether the outcome of the call was a time-out, even if an answer came later. */
export function timedOut({ kind, state }: Side): boolean {
  return kind === 'call' && (state === 'timedOut' || state === 'late' || state === 'lost');
}

/**
 * Whether the time of an answered call is one round trip. If the request was sent again, it also
 * has what was waited before that.
 */
export function isRoundTrip({ kind, attempts }: Side): boolean {
  return kind === 'call' && attempts <= 1;
}

function noteOf(step: RecordOf<'step'>): string | undefined {
  if (step.lateByMs !== undefined) return `an answer came ${durationText(step.lateByMs)} too late`;
  if (step.because !== undefined) return printable(step.because);
  const { outcome } = step;
  if (outcome !== undefined) return outcomeNote(outcome);
  if (step.error !== undefined) return errorText(step.error);
  return step.value === undefined ? undefined : valueText(step.value, NOTE_LENGTH);
}

function outcomeNote(outcome: Readonly<Record<string, unknown>>): string {
  if (typeof outcome['verdict'] === 'string') return verdictWords(outcome['verdict']);
  if (outcome['error'] !== undefined) return errorText(outcome['error']);
  if (outcome['reason'] !== undefined) return errorText(outcome['reason']);
  return 'value' in outcome ? valueText(outcome['value'], NOTE_LENGTH) : '';
}

/** The code and the message of an error, as far as it has them. */
export function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return valueText(error, NOTE_LENGTH);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = [code, message].filter((word) => typeof word === 'string' && word !== '');
  return words.length > 0 ? printable(words.join(': ')) : valueText(error, NOTE_LENGTH);
}
