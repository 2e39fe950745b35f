/**
 * `npm run bench:cluster`: how many requests a second one UDP port serves, with one process and
 * with several.
 *
 * The servers take turns, round by round; medians are printed with their quartiles. The clients are
 * many sockets in one process and need their own core. With only two cores, two servers and the
 * clients disturb each other.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from '@commander-js/extra-typings';
import { createEndpoint } from 'rpcudp';
import type { ClusterRound } from './cluster/client.js';
import type { Served } from './cluster/server.js';
import { spreadOf } from './comparison/statistics.js';
import { Progress } from './progress.js';

const { quick } = new Command('npm run bench:cluster --')
  .description(
    `Measures requests a second of one process, of clusters, and of processes with reusePort if \
this Node.js has it: for a procedure that costs nothing, and for one that takes 100 µs.`,
  )
  .option('--quick', 'fewer and shorter rounds: enough to see that it runs, too few to quote')
  .parse()
  .opts();
const ROUNDS = quick ? 3 : 11;
const DURATION_MS = quick ? 500 : 2_000;
const WORKERS = Math.max(2, availableParallelism());
const CLIENTS = { sockets: 64, inFlightEach: 4, durationMs: DURATION_MS } as const;
const PROCEDURES = { echo: 'costs nothing', work: 'takes 100 µs' } as const;

interface Server extends Served {
  readonly name: string;
  readonly processes: readonly ChildProcess[];
}

/** Starts a process, and waits for its first message. */
async function start(module: string, ...args: (string | number)[]) {
  const child = fork(new URL(module, import.meta.url), args.map(String));
  const [said] = (await once(child, 'message')) as [unknown];
  return { child, said };
}

async function server(name: string, ...args: (string | number)[]): Promise<Server> {
  const { child, said } = await start('cluster/server.js', ...args);
  return { name, processes: [child], ...(said as Served) };
}

async function reusingPort(count: number): Promise<Server> {
  const all: Server[] = [];
  while (all.length < count) all.push(await server('', 'reusePort', all[0]?.port ?? 0));
  return {
    name: `reusePort, ${count} processes`,
    port: all[0]?.port ?? 0,
    pids: all.flatMap(({ pids }) => pids),
    processes: all.flatMap(({ processes }) => processes),
  };
}

async function hasReusePort(): Promise<boolean> {
  try {
    await using endpoint = await createEndpoint({ host: '127.0.0.1', reusePort: true });
    return endpoint.address.port > 0;
  } catch {
    return false;
  }
}

/** The CPU time of processes so far, in microseconds; NaN where there is no /proc. */
function cpuMicrosOf(pids: readonly number[]): number {
  const each = pids.map((pid) => {
    try {
      // After the name, which may contain spaces, come the fields from the third on (man 5 proc).
      // Times are in ticks of 10 ms.
      const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ');
      const [utime, stime] = fields.split(' ').slice(11, 13).map(Number);
      return ((utime ?? NaN) + (stime ?? NaN)) * 10_000;
    } catch {
      return NaN;
    }
  });
  return each.reduce((sum, micros) => sum + micros, 0);
}

/** The median with its quartiles. */
function shown(numbers: readonly number[], digits: number): string {
  const { median, low, high } = spreadOf(numbers);
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

const servers = [
  await server('one process', 'alone'),
  await server('cluster of 1', 'cluster', 1),
  await server(`cluster of ${WORKERS}`, 'cluster', WORKERS),
];
if (await hasReusePort()) servers.push(await reusingPort(WORKERS));
else console.log(`Node ${process.version} has no reusePort`);
const { child: client } = await start('cluster/client.js');

interface Sample {
  readonly rate: number;
  readonly cpuMicros: number;
}

async function sample({ port, pids }: Server, procedure: ClusterRound['procedure']) {
  const cpuBefore = cpuMicrosOf(pids);
  client.send({ port, procedure, ...CLIENTS } satisfies ClusterRound);
  const [answers] = (await once(client, 'message')) as [number];
  return {
    rate: (answers / DURATION_MS) * 1_000,
    cpuMicros: (cpuMicrosOf(pids) - cpuBefore) / answers,
  };
}

const progress = new Progress(Object.keys(PROCEDURES).length * (ROUNDS + 1));
const rows: object[] = [];
for (const procedure of Object.keys(PROCEDURES) as (keyof typeof PROCEDURES)[]) {
  const samples = servers.map((): Sample[] => []);
  // Round 0 warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress.step(`${procedure}, round ${round} of ${ROUNDS}`, 1);
    for (const [index, one] of servers.entries()) {
      const measured = await sample(one, procedure);
      if (round > 0) samples[index]?.push(measured);
    }
  }
  progress.end();
  const [first = []] = samples;
  for (const [index, { name }] of servers.entries()) {
    const own = samples[index] ?? [];
    const rates = own.map(({ rate }) => rate);
    const cpu = own.map(({ cpuMicros }) => cpuMicros);
    rows.push({
      'a call': PROCEDURES[procedure],
      served: name,
      'requests/s': shown(rates, 0),
      '× one process': shown(
        rates.map((rate, round) => rate / (first[round]?.rate ?? NaN)),
        2,
      ),
      'CPU µs/request': shown(cpu, 1),
    });
  }
}
console.log(
  `Node ${process.version}, ${availableParallelism()} cores, clients included; ${CLIENTS.sockets} sockets, ` +
    `${CLIENTS.inFlightEach} calls in flight each; median (quartiles) of ${ROUNDS} interleaved rounds`,
);
console.table(rows);

for (const { processes } of servers) for (const child of processes) child.disconnect();
client.disconnect();
