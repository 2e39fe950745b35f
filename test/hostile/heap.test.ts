/** The memory that a body takes is proportional to its size, whatever it contains. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { hostileBody } from '../fixtures/hostile-bytes.js';
import { denseBodies } from './dense.js';
import type { HeapCost } from './heap.js';

/**
 * Bytes of live heap for each byte on the wire. In V8 an empty object takes 56 bytes and its place
 * in an array 8, for one byte on the wire; an empty binary takes about 190, for two.
 */
const HEAP_PER_BYTE = 128;
const HEAP_ANYWAY = 64 * 1024;
const seed = 20_261_122;

t.setTimeout(120_000);

t.test(
  'the memory of a value is bounded by the number of its bytes',
  { timeout: 120_000 },
  async (t) => {
    const sparse = fc.sample(hostileBody, { seed, numRuns: 50 });
    const bodies = [
      ...denseBodies(seed, 15),
      ...sparse.map((bytes) => ({ what: bytes.toString('hex'), bytes })),
    ];
    const costs = costsOf(bodies.map(({ bytes }) => bytes));
    t.equal(costs.length, bodies.length, 'a heap of 64 MiB is enough for all of them');
    const large: { what: string; perByte: number }[] = [];
    for (const [index, { what, bytes }] of bodies.entries()) {
      const { dropped, heapBytes } = costs[index]!;
      const most = HEAP_PER_BYTE * bytes.length + HEAP_ANYWAY;
      if (heapBytes > most)
        t.fail(`${what}: ${heapBytes} bytes of heap, ${most} allowed (seed ${seed})`);
      if (bytes.length > 8_000 && !dropped) large.push({ what, perByte: heapBytes / bytes.length });
    }
    t.ok(large.length > 100, `${large.length} large values were decoded`);
    large.sort((a, b) => b.perByte - a.perByte);
    for (const { what, perByte } of large.slice(0, 3)) {
      t.comment(`${perByte.toFixed(0)} bytes of heap a byte: ${what}`);
    }
  },
);

/** Decodes the bodies in a separate process. */
function costsOf(bodies: readonly Buffer[]): HeapCost[] {
  const flags = ['--expose-gc', '--max-old-space-size=64', '--import=tsx'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, 'test/hostile/heap.ts'],
    { input: Buffer.concat(bodies.flatMap(framed)), encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`the decoding process ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as HeapCost[];
}

function framed(body: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return [length, body];
}
