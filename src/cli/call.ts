/** `rpcudp call`: makes one call and reports its outcome. */
import { createEndpoint } from '../endpoint/endpoint.js';
import { LIMITS } from '../engine/limits.js';
import { parseArguments } from './arguments.js';
import { checkArguments } from './checked-call.js';
import type { ExitCode } from './exit-code.js';
import { formatJson } from '../legible/json.js';
import { openInspection } from './inspection.js';
import type { InspectOptions } from './inspection.js';
import { interruption } from './interruption.js';
import { openRecording } from './recording.js';
import type { RecordOptions } from './recording.js';
import { exitCodeOf, explainOutcome, outcomeData } from './outcome-report.js';
import { untilStopped } from './until-stopped.js';
import type { CallHeaders } from '../wire/headers.js';
import type { World } from './world.js';

export interface CallOptions extends RecordOptions, InspectOptions {
  readonly timeout?: number;
  readonly attempts?: number;
  /** The headers of the call. */
  readonly header?: CallHeaders;
  /** Whether to check the arguments by what the peer tells of the procedure. Default true. */
  readonly check?: boolean;
  /** Print the whole outcome instead of the value alone. */
  readonly json?: boolean;
}

/**
 * Calls a procedure and prints its value. For any other outcome it prints a sentence on stderr. If
 * the command serves an inspector itself, it then runs until it is stopped.
 *
 * @throws ArgumentError, AddressError, OptionError, RecordingError, InspectorUrlError,
 * RequestTooLargeError, UnencodableError: the call was not made.
 */
export async function call(
  world: World,
  address: string,
  procedure: string,
  words: readonly string[],
  { timeout, attempts, header: headers, check = true, json = false, ...watched }: CallOptions,
): Promise<ExitCode> {
  const args = parseArguments(words);
  const signal = interruption(world, 'SIGINT');
  await using recording = await openRecording(world, watched);
  await using inspection = await openInspection(world, watched);
  await using endpoint = await createEndpoint();
  const peer = endpoint.peer(address);
  const options = {
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(attempts !== undefined && { attempts }),
    ...(headers !== undefined && { headers }),
  };
  if (check) {
    // Mistakes of the command line come first. A call that is cancelled before it begins is
    // checked, and not sent.
    void peer.call(procedure, args, { ...options, signal: AbortSignal.abort() });
    const timeoutMs = timeout ?? LIMITS.timeoutMs.standard;
    await checkArguments(world, peer, procedure, args, { timeoutMs, headers, signal });
  }
  // Only now, so that the call alone is watched, and not what was asked before it.
  recording.attach(endpoint);
  inspection.attach(endpoint);
  const outcome = await peer.call(procedure, args, { ...options, signal });
  if (json) world.stdout.print(formatJson(outcomeData(outcome)));
  else if (outcome.state === 'resolved') world.stdout.print(formatJson(outcome.value));
  else world.stderr.print(`error: ${explainOutcome(outcome, address)}`);
  if (inspection.own && !signal.aborted) {
    world.stderr.print('inspector: stays open until Ctrl-C');
    await untilStopped(world);
  }
  return exitCodeOf(outcome);
}
