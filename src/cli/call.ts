/** `rpcudp call`: makes one call and reports its outcome. */
import { createEndpoint } from '../endpoint/endpoint.js';
import { parseArguments } from './arguments.js';
import type { ExitCode } from './exit-code.js';
import { formatJson } from '../legible/json.js';
import { InterruptedError } from './interrupted-error.js';
import { openInspection } from './inspection.js';
import type { InspectOptions } from './inspection.js';
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
  /** Print the whole outcome instead of the value alone. */
  readonly json?: boolean;
}

/** The reason of a call that was cancelled by Ctrl-C. */
/**
 * Calls a procedure and prints its value. For any other outcome it prints a sentence on stderr. If
 * the command serves an inspector itself, it then runs until it is stopped.
 *
 * @throws ArgumentError, AddressError, OptionError, RecordingError, InspectorUrlError,
 * RequestTooLargeError, UnencodableError: nothing was sent.
 */
export async function call(
  world: World,
  address: string,
  procedure: string,
  words: readonly string[],
  { timeout, attempts, header: headers, json = false, ...watched }: CallOptions,
): Promise<ExitCode> {
  const args = parseArguments(words);
  const interruption = new AbortController();
  world.signals.on('SIGINT', () => {
    interruption.abort(new InterruptedError());
    world.stdout.hurry();
  });
  await using recording = await openRecording(world, watched);
  await using inspection = await openInspection(world, watched);
  await using endpoint = await createEndpoint();
  recording.attach(endpoint);
  inspection.attach(endpoint);
  const outcome = await endpoint.peer(address).call(procedure, args, {
    signal: interruption.signal,
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(attempts !== undefined && { attempts }),
    ...(headers !== undefined && { headers }),
  });
  if (json) world.stdout.print(formatJson(outcomeData(outcome)));
  else if (outcome.state === 'resolved') world.stdout.print(formatJson(outcome.value));
  else world.stderr.print(`error: ${explainOutcome(outcome, address)}`);
  if (inspection.own && !interruption.signal.aborted) {
    world.stderr.print('inspector: stays open until Ctrl-C');
    await untilStopped(world);
  }
  return exitCodeOf(outcome);
}
