/**
 * Checked call: what `rpcudp call` asks the peer before it calls, and how long it waits for that.
 *
 * A peer that is not heard of may speak only rpcudp 5.x, and then it never answers what is asked.
 * So the wait is a small part of the call's time-out, until an rpcudp endpoint shows that it is
 * there. What is asked runs nothing there. Where no description comes, the call is made unchecked.
 */
import type { Peer } from '../api/peer.js';
import type { ProcedureDescription } from '../description/description.js';
import { DescriptionError } from '../description/error.js';
import { ArgumentError } from '../legible/argument-error.js';
import { messageOf, printableName } from '../legible/printable.js';
import { askForProcedure } from './asking.js';
import type { AskOptions } from './asking.js';
import type { World } from './world.js';

/** The part of the time-out that is waited for a sign of an rpcudp endpoint, and the most of it. */
const PATIENCE = 1 / 20;
const MAX_PATIENCE_MS = 2_000;
/** The part of it that is waited for the description, likewise. */
const LONG_PATIENCE = 1 / 2;
const MAX_LONG_PATIENCE_MS = 10_000;

/**
 * Checks the arguments by what the peer tells of the procedure.
 *
 * @throws ArgumentError that names the argument and the rule which it breaks: nothing was sent.
 */
export async function checkArguments(
  { stderr }: World,
  peer: Peer,
  procedure: string,
  args: readonly unknown[],
  options: AskOptions,
): Promise<void> {
  const name = printableName(procedure);
  let told: ProcedureDescription | undefined;
  try {
    told = await ask(peer, procedure, options);
  } catch (error) {
    if (!(error instanceof DescriptionError)) throw error;
    stderr.print(`warning: the arguments of ${name} were not checked: ${messageOf(error)}`);
  }
  if (told?.args === undefined) return;
  // Only here, because few calls need it.
  const { checkBySchema } = await import('./schema-check.js');
  const verdict = checkBySchema(args, told.args);
  if (verdict.kind === 'unchecked') {
    const { reason } = verdict;
    stderr.print(`warning: the arguments of ${name} were not checked: its JSON Schema: ${reason}`);
  } else if (verdict.kind === 'breaks') {
    const { at, rule, problem } = verdict;
    throw new ArgumentError(
      `${name} does not take these arguments: ${at}: ${problem} (${rule}); ` +
        `nothing was sent, and --no-check sends it`,
    );
  }
}

async function ask(
  peer: Peer,
  procedure: string,
  { timeoutMs, headers, signal }: AskOptions,
): Promise<ProcedureDescription | undefined> {
  const silence = new AbortController();
  const longMs = Math.min(timeoutMs * LONG_PATIENCE, MAX_LONG_PATIENCE_MS);
  const shortMs = Math.min(timeoutMs * PATIENCE, MAX_PATIENCE_MS);
  // A call with headers waits for the same sign.
  const patienceMs = headers === undefined ? shortMs : longMs;
  const timer = setTimeout(() => {
    if (!peer.native) silence.abort();
  }, patienceMs);
  try {
    const { told } = await askForProcedure(peer, procedure, {
      timeoutMs: longMs,
      headers,
      signal: AbortSignal.any([signal, silence.signal]),
    });
    return told;
  } finally {
    clearTimeout(timer);
  }
}
