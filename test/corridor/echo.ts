/** Echo: traces which functions one echo between two endpoints enters. */
import { repeatable } from './repeatable.js';
import type { InstrumentedLibrary } from './instrumented.js';
import type { SourceFunction } from './instrument.js';

/** The same on every machine, with or without IPv6. */
const HOST = '127.0.0.1';
const TEXT = 'hello';

/**
 * After this many echoes both ends know each other, trust their round-trip time, and have made
 * everything that they make only once.
 */
const WARM_UP_ECHOES = 10;

/**
 * Entered when the request has the hash of another one. That depends on the port of the client, which
 * the system chooses, and is no part of the way. Then the echo is traced again, with another port.
 */
const COLLISION = 'RequestRecords.#hasKey';
const MAX_TRIES = 20;

/** Both ends are quiet when nothing was entered in this many turns of the event loop. */
const QUIET_TURNS = 10;

/**
 * The functions of `src` that one echo over UDP enters at both ends, in order: from `peer.call`
 * until the caller has the outcome and both ends are quiet. Nothing observes the endpoints.
 */
export async function traceEcho(
  instrumented: InstrumentedLibrary,
): Promise<readonly SourceFunction[]> {
  for (let triesLeft = MAX_TRIES; ; triesLeft -= 1) {
    const entries = await repeatable(instrumented.library.platform, () => trace(instrumented));
    if (!entries.some(({ name }) => name === COLLISION) || triesLeft === 1) return entries;
  }
}

async function trace({ library, functions }: InstrumentedLibrary): Promise<SourceFunction[]> {
  const entries: SourceFunction[] = [];
  let isTracing = false;
  let entered = 0;
  library.onEntered((index) => {
    entered += 1;
    if (isTracing) entries.push(functions[index] as SourceFunction);
  });
  const untilQuiet = async (): Promise<void> => {
    let before: number;
    do {
      before = entered;
      for (let turn = 0; turn < QUIET_TURNS; turn += 1) await new Promise(setImmediate);
    } while (entered > before);
  };

  const handlers = { echo: (_scope: unknown, text: string) => text };
  await using server = await library.createEndpoint({ host: HOST, handlers });
  await using client = await library.createEndpoint({ host: HOST });
  const peer = client.peer<typeof server>(server.address);
  for (let echo = 0; echo < WARM_UP_ECHOES; echo += 1) {
    await peer.call('echo', [TEXT]);
    await untilQuiet();
  }
  isTracing = true;
  const outcome = await peer.call('echo', [TEXT]);
  await untilQuiet();
  isTracing = false;
  if (outcome.state !== 'resolved') throw new Error(`The echo is ${outcome.state}`);
  return entries;
}
