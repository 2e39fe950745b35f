/** One echo between two endpoints: which functions are entered. */
import { repeatable } from './repeatable.js';
import type { InstrumentedLibrary } from './instrumented.js';
import type { SourceFunction } from './instrument.js';

/** The same on every machine, with IPv6 or without. */
const HOST = '127.0.0.1';
const TEXT = 'hello';

/** After so many, both ends know each other, trust their round-trip time, and have made what they make once. */
const WARM_UP_ECHOES = 10;

/** In so many turns of the event loop nothing was entered: both ends are quiet. */
const QUIET_TURNS = 10;

/**
 * The functions of `src` that are entered, at both ends, by one echo over UDP, in order: from `peer.call` until the caller
 * has the outcome and both ends are quiet. Nobody observes the endpoints.
 */
export function traceEcho(instrumented: InstrumentedLibrary): Promise<readonly SourceFunction[]> {
  return repeatable(() => trace(instrumented));
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
