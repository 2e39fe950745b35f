/** `rpcudp serve`: serves the procedures of a module until it is stopped. */
import { formatAddress } from '../address/address.js';
import { createEndpoint } from '../endpoint/endpoint.js';
import type { Endpoint } from '../api/endpoint.js';
import { HandlerFailedError } from '../errors.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { loadServed } from './handlers-module.js';
import { openInspection } from './inspection.js';
import type { InspectOptions } from './inspection.js';
import { openMetrics } from './metrics.js';
import type { MetricsOptions } from './metrics.js';
import { messageOf } from '../legible/printable.js';
import { openRecording } from './recording.js';
import type { RecordOptions } from './recording.js';
import { requestLine } from './request-line.js';
import type { World } from './world.js';

export interface ServeOptions extends RecordOptions, InspectOptions, MetricsOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the endpoint describes itself, if the module does not say so. */
  readonly describe?: boolean;
}

/**
 * Serves until Ctrl-C or SIGTERM, or until the reader of its output has left. Procedures that are
 * running then have up to a second to end, with the calls that they make through their scopes. A
 * second signal does not wait for them, but their callers are told.
 *
 * @throws ArgumentError for the module; BindError, AddressError for the address; RecordingError,
 * OptionError for the recording; InspectorUrlError for the inspector; MissingPackageError,
 * ArgumentError for the metrics.
 */
export async function serve(
  world: World,
  modulePath: string,
  { host, port, describe = false, ...watched }: ServeOptions,
): Promise<ExitCode> {
  const served = await loadServed(modulePath, world.cwd);
  const onError = (error: unknown): void => {
    // The line of the request has reported this error already.
    if (error instanceof HandlerFailedError) return;
    world.stderr.log(`error: ${messageOf(error)}`);
  };
  await using recording = await openRecording(world, watched);
  await using inspection = await openInspection(world, watched);
  await using metrics = await openMetrics(world, watched);
  const endpoint = await createEndpoint({ host, port, describe, ...served, onError });
  recording.attach(endpoint);
  inspection.attach(endpoint);
  metrics.attach(endpoint);
  endpoint.on('request.settled', (report) => {
    world.stdout.log(requestLine(report, new Date()));
  });
  const end = stopped(world, endpoint);
  // Printed last, because its reader may send a signal at once.
  world.stdout.print(`listening on ${formatAddress(endpoint.address)}`);
  return await end;
}

function stopped(world: World, endpoint: Endpoint): Promise<ExitCode> {
  return new Promise((resolve) => {
    let stopping = false;
    let exitCode: ExitCode = EXIT_CODE.success;
    const stop = (): void => {
      world.stdout.hurry();
      if (stopping) exitCode = EXIT_CODE.interrupted;
      void endpoint.close(stopping ? { graceMs: 0 } : {});
      stopping = true;
    };
    endpoint.on('endpoint.closed', ({ error }) => {
      if (error !== undefined) world.stderr.print(`error: ${messageOf(error)}`);
      resolve(error === undefined ? exitCode : EXIT_CODE.failure);
    });
    world.signals.on('SIGINT', stop);
    world.signals.on('SIGTERM', stop);
    world.stdout.onBroken(() => {
      if (!stopping) stop();
    });
  });
}
