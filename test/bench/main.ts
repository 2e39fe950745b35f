/**
 * `npm run bench`: what a call costs its client, as a ratio to raw dgram.
 *
 * The contestants take turns, round by round, because the machine is noisy; medians are printed with their
 * quartiles, and each ratio is between neighbours in time. Servers and contestants have a process each.
 * All of it runs as users run it: compiled, on plain Node.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Round, Sample } from './contestant.js';
import type { ServerPorts } from './servers.js';

const USAGE = `npm run bench [-- --quick]

Client CPU per call and calls a second, at 1 and 64 in flight, against raw dgram.
--quick makes fewer and shorter rounds: enough to see that it runs, too few to quote.`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const ROUNDS = options.quick ? 3 : 15;
const CALLS = options.quick ? { 1: 500, 64: 2_000 } : { 1: 8_000, 64: 40_000 };

const server = fork(new URL('servers.js', import.meta.url));
const [ports] = (await once(server, 'message')) as [ServerPorts];
const contestants = await Promise.all([
  enter('raw dgram, Map, promise', 'raw', ports.raw),
  enter('rpcudp', 'rpcudp', ports.raw),
  enter('rpcudp, rpcudp server', 'rpcudp', ports.rpcudp),
]);

interface Contestant {
  readonly name: string;
  readonly process: ChildProcess;
}

async function enter(name: string, kind: string, port: number): Promise<Contestant> {
  const child = fork(new URL('contestant.js', import.meta.url), [kind, String(port)]);
  await once(child, 'message');
  return { name, process: child };
}

async function play(contestant: Contestant, round: Round): Promise<Sample> {
  contestant.process.send(round);
  const [sample] = (await once(contestant.process, 'message')) as [Sample];
  return sample;
}

/** The median, and the quartiles around it. */
function spread(numbers: readonly number[], digits: number): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.round((sorted.length - 1) * share)] ?? NaN).toFixed(digits);
  return `${at(0.5)} (${at(0.25)}–${at(0.75)})`;
}

function row(inFlight: number, name: string, own: readonly Sample[], raw: readonly Sample[]) {
  const cpu = own.map(({ cpuMicrosPerCall }) => cpuMicrosPerCall);
  return {
    'in flight': inFlight,
    client: name,
    'CPU µs/call': spread(cpu, 1),
    'CPU × raw': spread(
      cpu.map((micros, round) => micros / (raw[round]?.cpuMicrosPerCall ?? NaN)),
      2,
    ),
    'calls/s': spread(
      own.map(({ callsPerSecond }) => callsPerSecond),
      0,
    ),
  };
}

const rows: ReturnType<typeof row>[] = [];
for (const inFlight of [1, 64] as const) {
  const samples = contestants.map((): Sample[] => []);
  // Round 0 warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    process.stderr.write(`\r${inFlight} in flight: round ${round} of ${ROUNDS} `);
    for (const [index, contestant] of contestants.entries()) {
      const sample = await play(contestant, { calls: CALLS[inFlight], inFlight });
      if (round > 0) samples[index]?.push(sample);
    }
  }
  process.stderr.write('\r\x1b[K');
  for (const [index, { name }] of contestants.entries()) {
    rows.push(row(inFlight, name, samples[index] ?? [], samples[0] ?? []));
  }
}
console.log(`Node ${process.version}; median (quartiles) of ${ROUNDS} interleaved rounds`);
console.table(rows);

for (const child of [server, ...contestants.map((contestant) => contestant.process)])
  child.disconnect();
