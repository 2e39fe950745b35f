/** A million hostile datagrams over a real socket, to an endpoint with a heap of 64 MiB. */
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import t from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import {
  bundleBytes,
  datagramBytes,
  hostileBundle,
  hostileDatagram,
} from '../fixtures/hostile-datagrams.js';
import type { HostileDatagram } from '../fixtures/hostile-datagrams.js';
import type { FloodReport, FloodRequest } from './flood.js';
import { FloodedProcess } from './process.js';
import { bundle, frame, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { PROCEDURES } from './session.js';

const DATAGRAMS = 1_000_000;
const SOURCES = 16;
/** How many different datagrams there are. */
const DIFFERENT = 10_000;
/**
 * What a small datagram takes of the receive buffer, with some room to spare. Linux counts 768
 * bytes and more.
 */
const BUFFERED_BYTES = 2_048;
const SEED = 20_261_122;
const MIB = 2 ** 20;

/** Other systems do not tell what happened to a datagram that did not arrive. */
const skip = process.platform === 'linux' ? false : 'needs the count of dropped datagrams of Linux';

t.setTimeout(180_000);

t.test(
  'an endpoint with a heap of 64 MiB survives a million hostile datagrams',
  { timeout: 180_000, skip },
  async (t) => {
    const child = fork('test/hostile/flood.ts', {
      execArgv: ['--max-old-space-size=64', '--expose-gc', '--import=tsx'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const flooded = new FloodedProcess(child);
    const { port, stats } = await flooded.report();
    const sockets = await Promise.all(
      Array.from({ length: SOURCES }, (_, index) => source(index, port)),
    );
    t.teardown(() => sockets.forEach((socket) => socket.close()));

    const datagrams = corpus();
    /**
     * How many may be sent and not yet read: so many that the endpoint never waits, and the kernel
     * need not drop any.
     */
    const mostAhead = Math.ceil((stats.receiveBufferBytes ?? 0) / BUFFERED_BYTES);
    const startMs = performance.now();
    let halfway: FloodReport | undefined;
    for (let sent = 0, told = 0; sent < DATAGRAMS;) {
      const count = Math.min(Math.ceil(mostAhead / 2), DATAGRAMS - sent);
      await sendAll(sockets, datagrams, sent, count);
      sent += count;
      for (let ahead = Infinity; ahead > mostAhead / 2;) {
        const { received, kernelDrops = 0 } = (await flooded.ask('count')).stats;
        ahead = sent - received - kernelDrops;
      }
      if (sent >= DATAGRAMS / 2) halfway ??= await flooded.ask('measure');
      if (sent - told < DATAGRAMS / 5) continue;
      told = sent;
      t.comment(`${sent} sent after ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    }

    const caller = await createEndpoint({ host: '127.0.0.1' });
    t.teardown(() => caller.close());
    const outcome = await caller
      .peer(`127.0.0.1:${port}`)
      .call('echo', ['still there?'], { timeoutMs: 2_000 });
    t.match(
      outcome,
      { state: 'resolved', value: ['still there?'], attempts: 1 },
      'an honest call is answered',
    );

    const end = await flooded.ask('measure');
    const { received, framesReceived, fates, kernelDrops = 0 } = end.stats;
    t.strictSame(end.uncaught, []);
    t.equal(
      framesReceived,
      Object.values(fates).reduce((sum, count) => sum + count, 0),
      'all fates add up',
    );
    t.ok(framesReceived > 1.05 * received, `${framesReceived} frames in ${received} datagrams`);
    t.equal(received + kernelDrops, DATAGRAMS + 1, 'and nothing is missing');
    t.ok(kernelDrops < DATAGRAMS / 10, `the kernel dropped ${kernelDrops}`);
    for (const [what, unit] of [
      ['heapBytes', 3],
      ['residentBytes', 48],
    ] as const) {
      const grown = (end[what] - halfway![what]) / MIB;
      t.ok(grown < unit, `${what} grew by ${grown.toFixed(1)} MiB in the second half`);
    }
    t.ok(end.heapBytes < 48 * MIB, `${(end.heapBytes / MIB).toFixed(1)} MiB of heap are alive`);
    const met = Object.entries(fates).filter(([, count]) => count > 0);
    t.comment(met.map(([fate, count]) => `${fate} ${count}`).join(', '));
    child.send('close' satisfies FloodRequest);
    const [code] = (await once(child, 'exit')) as [number | null];
    t.equal(code, 0, 'and it ends when it is told to');
  },
);

async function source(index: number, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  // Linux accepts all of 127.0.0.0/8. On other systems the sources differ only by their port.
  const host = process.platform === 'linux' ? `127.0.1.${index + 1}` : '127.0.0.1';
  socket.bind(0, host);
  await once(socket, 'listening');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Bundles with the most frames, or more: of nothing, of a byte, of requests, of answers. */
const CROWDED: readonly Buffer[] = [
  bundle(...Array.from({ length: 9_000 }, () => Buffer.alloc(0))),
  bundle(...Array.from({ length: 256 }, () => Buffer.of(0))),
  ...(['missing', 'echo', 'hang'] as const).map((procedure) =>
    bundle(...Array.from({ length: 256 }, (_, id) => withHeaderMap(request(id, procedure)))),
  ),
  bundle(...Array.from({ length: 256 }, (_, id) => frame('response', Buffer.alloc(20, id), id))),
];

/** Hostile datagrams of every sort, in separate memory. */
function corpus(): Buffer[] {
  const bytesOf = (one: HostileDatagram) =>
    datagramBytes(one, one.id instanceof Uint8Array ? one.id : Buffer.alloc(20, one.id.number));
  const alone = fc.sample(hostileDatagram(PROCEDURES), { seed: SEED, numRuns: DIFFERENT });
  const bundled = fc.sample(hostileBundle(PROCEDURES), { seed: SEED, numRuns: DIFFERENT / 10 });
  const bundles = bundled.map((one) => bundleBytes(one, one.frames.map(bytesOf)));
  const hostile = [...alone.map(bytesOf), ...bundles.filter(({ length }) => length > 2_000)];
  // Long ones add little and cost much, so one in fifty is enough.
  const short = hostile.map((bytes, index) => (index % 50 === 0 ? bytes : bytes.subarray(0, 300)));
  return [...short, ...bundles.filter(({ length }) => length <= 2_000), ...CROWDED];
}

/** Sends `count` datagrams from all sources in turn, two out of three with a new id. */
function sendAll(
  sockets: readonly Socket[],
  datagrams: readonly Buffer[],
  first: number,
  count: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let pending = count;
    const done = (error: Error | null): void => {
      pending -= 1;
      if (error !== null) reject(error);
      else if (pending === 0) resolve();
    };
    for (let number = first; number < first + count; number++) {
      const bytes = datagrams[number % datagrams.length]!;
      if (number % 3 !== 0 && bytes.length > 20) bytes.writeUInt32BE(number, 1);
      sockets[number % sockets.length]!.send(bytes, done);
    }
  });
}
