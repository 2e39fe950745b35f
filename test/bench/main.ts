/**
 * `npm run bench`: what a call costs, as a ratio to raw dgram.
 *
 * The contestants take turns, round by round, because the machine is noisy; medians are printed with
 * their spread. The servers run in a process of their own, so CPU is the client's alone.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { encode } from '@msgpack/msgpack';
import { createEndpoint } from 'rpcudp';
import { rawClient } from './raw-client.js';
import type { EchoHandlers, ServerPorts } from './servers.js';

interface Contestant {
  readonly name: string;
  call(): PromiseLike<unknown>;
}

interface Sample {
  readonly cpuMicrosPerCall: number;
  readonly callsPerSecond: number;
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'npm run bench [-- --quick]\n\nClient CPU per call and calls a second, against raw dgram.',
  );
  process.exit(0);
}
const ROUNDS = values.quick ? 3 : 15;
const CALLS_PER_ROUND = values.quick ? 2_000 : 20_000;
const TEXT = 'Snake Plissken';

const server = fork(new URL('servers.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
const [ports] = (await once(server, 'message')) as [ServerPorts];

const raw = await rawClient(ports.raw, Buffer.concat([Buffer.alloc(21), encode(['echo', [TEXT]])]));
const endpoint = await createEndpoint({ host: '127.0.0.1' });
const echo = endpoint.peer(`127.0.0.1:${String(ports.raw)}`);
const peer = endpoint.peer<EchoHandlers>(`127.0.0.1:${String(ports.rpcudp)}`);

const contestants: readonly Contestant[] = [
  { name: 'raw dgram, Map, promise', call: () => raw.call() },
  { name: 'rpcudp', call: () => echo.call('echo', [TEXT]) },
  { name: 'rpcudp, rpcudp server', call: () => peer.call('echo', [TEXT]) },
];

/** Keeps `inFlight` calls open until `calls` were made. */
async function run(contestant: Contestant, calls: number, inFlight: number): Promise<Sample> {
  let left = calls;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await contestant.call();
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuMicrosPerCall: (user + system) / calls, callsPerSecond: (calls / elapsedMs) * 1_000 };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
}

function spread(numbers: readonly number[], digits: number): { median: number; text: string } {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  const text = [median, low, high].map((n) => (n ?? NaN).toFixed(digits));
  return { median: median ?? NaN, text: `${text[0]} (${text[1]}–${text[2]})` };
}

const rows: Record<string, string | number>[] = [];
for (const inFlight of [1, 64]) {
  const calls = inFlight === 1 ? CALLS_PER_ROUND / 4 : CALLS_PER_ROUND;
  const samples = new Map(contestants.map(({ name }) => [name, [] as Sample[]]));
  for (const contestant of contestants) await run(contestant, calls, inFlight); // warm-up
  for (let round = 1; round <= ROUNDS; round += 1) {
    process.stderr.write(
      `\r${String(inFlight)} in flight: round ${String(round)} of ${String(ROUNDS)} `,
    );
    for (const contestant of contestants) {
      samples.get(contestant.name)?.push(await run(contestant, calls, inFlight));
    }
  }
  process.stderr.write('\r\x1b[K');
  const ofRaw = samples.get(contestants[0]?.name ?? '') ?? [];
  for (const { name } of contestants) {
    const own = samples.get(name) ?? [];
    const cpu = spread(
      own.map((sample) => sample.cpuMicrosPerCall),
      1,
    );
    const rate = spread(
      own.map((sample) => sample.callsPerSecond),
      0,
    );
    const ratios = own.map(
      (sample, i) => sample.cpuMicrosPerCall / (ofRaw[i]?.cpuMicrosPerCall ?? NaN),
    );
    rows.push({
      'in flight': inFlight,
      client: name,
      'CPU µs/call': cpu.text,
      'CPU × raw': spread(ratios, 2).text,
      'calls/s': rate.text,
    });
  }
}
console.log(
  `Node ${process.version}; median (quartiles) of ${String(ROUNDS)} interleaved rounds of ${String(CALLS_PER_ROUND)} calls`,
);
console.table(rows);

raw.close();
await endpoint.close();
server.disconnect();
