/**
 * The time that a body takes is proportional to its size. Bytes are counted as they are read,
 * because measured times would be noisy.
 */
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import { isDrop } from '../../src/wire/drop.js';
import { readValue } from '../../src/wire/piecewise-reader.js';
import { skim } from '../../src/wire/skim.js';
import { hostileBody } from '../fixtures/hostile-bytes.js';
import { denseBodies } from './dense.js';

/** The most reads of a byte: as code, size, UTF-8, `__proto__`, index and byte order mark. */
const READS_PER_BYTE = 12;
const READS_ANYWAY = 32;

/** The same bytes, and a count of those that were read. */
function counted(bytes: Buffer): { readonly bytes: Buffer; readonly reads: () => number } {
  let reads = 0;
  const ranged = (method: 'subarray' | 'toString', from: number, to: number): void => {
    if (method === 'toString' || to > from) reads += to - from;
  };
  const proxy = new Proxy(bytes, {
    get(target, name) {
      if (name === 'subarray') {
        return (start: number, end: number) => {
          ranged('subarray', start, end);
          return target.subarray(start, end);
        };
      }
      if (name === 'toString') {
        return (encoding: BufferEncoding, start: number, end: number) => {
          ranged('toString', start, end);
          return target.toString(encoding, start, end);
        };
      }
      if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
      return Reflect.get(target, name, target) as unknown;
    },
  });
  return { bytes: proxy, reads: () => reads };
}

/** How many bytes were read by the guard, by the decoder with its guard, and by the reader. */
function readsOf(body: Buffer): { guard: number; decoder: number; reader: number; items: number } {
  const seen = counted(body);
  let items = 0;
  const found = skim(seen.bytes, 0);
  const guard = seen.reads();
  skim(body, 0, () => items++);
  if (isDrop(found)) return { guard, decoder: guard, reader: 0, items };
  const again = counted(body);
  readValue(again.bytes, 0);
  const whole = counted(body);
  decodeValue(whole.bytes, 0);
  return { guard, decoder: whole.reads(), reader: again.reads(), items };
}

function isBounded(body: Buffer): boolean {
  const { guard, decoder, reader, items } = readsOf(body);
  const most = READS_PER_BYTE * body.length + READS_ANYWAY;
  return guard <= most && reader <= most && decoder <= guard + most && items <= body.length;
}

t.test('no body makes the guard or the reader read a byte again and again', async () => {
  fc.assert(fc.property(hostileBody, isBounded), { numRuns: 5_000 });
});

t.test('a large and dense body does not do so either', async (t) => {
  const bodies = denseBodies(20_261_122, 20).filter(({ bytes }) => bytes.length < 9_000);
  for (const { what, bytes } of bodies) t.ok(isBounded(bytes), what);
});

t.test('a body that is refused at its start is not read to its end', async (t) => {
  const starts = ['dd01ffffff', 'dfffffffff', 'dcffff', 'c1', 'dbffffffff', 'c6ffffffff', 'a1ff'];
  for (const start of starts) {
    const body = Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(8_000)]);
    t.ok(readsOf(body).guard < 32, `${start}: ${readsOf(body).guard} bytes were read`);
  }
  const deep = Buffer.concat([Buffer.alloc(8_000, 0x91), Buffer.of(0xc0)]);
  t.ok(readsOf(deep).guard < 64, 'a body that nests too deep is not read to its end either');
});

t.test('a map that turns out to be a Map at its last key is not read again', async (t) => {
  const body = Buffer.from(`${'82a161'.repeat(30)}c0${'01c0'.repeat(30)}`, 'hex');
  t.ok(isBounded(body), `${readsOf(body).reader} reads of ${body.length} bytes`);
});
