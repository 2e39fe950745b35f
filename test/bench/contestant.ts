/**
 * One client of the benchmark, in a process of its own: what one client's code does to the optimiser and the
 * garbage collector must not be billed to another. Runs a round when told to, and says what it cost.
 */
import { encode } from '@msgpack/msgpack';
import { createEndpoint } from 'rpcudp';
import { rawClient } from './raw-client.js';

/** What a contestant is told. */
export interface Round {
  readonly calls: number;
  readonly inFlight: number;
}

/** What a round cost its client. */
export interface Sample {
  readonly cpuMicrosPerCall: number;
  readonly callsPerSecond: number;
}

const TEXT = 'Snake Plissken';
const [kind = '', port = ''] = process.argv.slice(2);
const call = kind === 'raw' ? await rawCall() : await rpcudpCall();

async function rawCall(): Promise<() => PromiseLike<unknown>> {
  const header = Buffer.alloc(21);
  const raw = await rawClient(Number(port), Buffer.concat([header, encode(['echo', [TEXT]])]));
  return () => raw.call();
}

async function rpcudpCall(): Promise<() => PromiseLike<unknown>> {
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  const peer = endpoint.peer(`127.0.0.1:${port}`);
  return () => peer.call('echo', [TEXT]);
}

/** Keeps `inFlight` calls open until `calls` were made. */
async function run({ calls, inFlight }: Round): Promise<Sample> {
  let left = calls;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuMicrosPerCall: (user + system) / calls, callsPerSecond: (calls / elapsedMs) * 1_000 };
}

process.on('message', (round: Round) => void run(round).then((sample) => process.send?.(sample)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
