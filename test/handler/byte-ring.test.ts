import fc from 'fast-check';
import t from 'tap';
import { ByteRing } from '../../src/handler/byte-ring.js';

/** A length to push, or 'release' to release the oldest. */
type Command = number | 'release';

interface Kept {
  readonly place: number;
  readonly text: string;
}

const MIB = 2 ** 20;

const commands = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 40 }), fc.nat(1_500), fc.constant('release' as const)),
  { maxLength: 120, size: 'max' },
);

/** Contains every byte, in an order that differs between texts and between the parts of a text. */
function textOf(serial: number, length: number): string {
  const bytes = Array.from({ length }, (_, index) => serial * 97 + index * (1 + (serial % 7)));
  return Buffer.from(bytes.map((byte) => byte + (byte >> 8))).toString('latin1');
}

/** Does the same with the ring and with an array. Returns the first difference. */
function difference(ring: ByteRing, sequence: readonly Command[], kept: Kept[] = []) {
  for (const [serial, command] of sequence.entries()) {
    if (command === 'release') ring.release(kept.shift()?.text.length ?? 0);
    else {
      const text = textOf(serial, command);
      kept.push({ place: ring.push(text), text });
    }
    for (const { place, text } of kept) {
      if (ring.read(place, text.length) !== text) return { step: serial, place, text };
    }
  }
  return undefined;
}

/** A ring that this many bytes have passed through. */
function ringAfter(bytes: number): ByteRing {
  const ring = new ByteRing();
  const large = 'x'.repeat(MIB - 1);
  for (let left = bytes; left > 0;) {
    const text = left < large.length ? large.slice(0, left) : large;
    ring.push(text);
    ring.release(text.length);
    left -= text.length;
  }
  return ring;
}

t.test('what was pushed is read unchanged until it is released', async (t) => {
  const property = fc.property(
    commands,
    (sequence) => difference(new ByteRing(), sequence) === undefined,
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 300 });
  });
});

t.test('places follow each other, also those of empty texts', async (t) => {
  const ring = new ByteRing();
  const lengths = [5, 0, 1_019, 0, 1, 70_000, 2];
  const places = lengths.map((length) => ring.push('x'.repeat(length)));
  t.strictSame(places, [0, 5, 5, 1_024, 1_024, 1_025, 71_025]);
  t.equal(new ByteRing().read(0, 0), '', 'of a ring that has nothing, nothing can be read');
});

t.test('a text that wraps around the end stays whole when the ring grows', async (t) => {
  for (let before = 1_000; before <= 1_024; before++) {
    const ring = new ByteRing();
    ring.push('x'.repeat(before));
    ring.release(before);
    const around = textOf(before, 900);
    const place = ring.push(around);
    t.equal(ring.read(place, 900), around, `${before} bytes from the start`);
    const next = textOf(1, 5_000);
    const nextPlace = ring.push(next);
    t.equal(ring.read(place, 900), around, 'after the ring has grown');
    t.equal(ring.read(nextPlace, 5_000), next);
  }
});

t.test('a ring that is full to the last byte keeps everything', async (t) => {
  for (const before of [0, 1, 1_023]) {
    const ring = new ByteRing();
    ring.push('x'.repeat(before));
    ring.release(before);
    const full = textOf(before, 1_024);
    const place = ring.push(full);
    t.equal(ring.read(place, 1_024), full);
    ring.push('');
    t.equal(ring.read(place, 1_024), full);
    ring.push('y');
    t.equal(ring.read(place, 1_024), full);
  }
});

t.test('places continue beyond 31 and 32 bits, and stay integers of 32 bits', async (t) => {
  const seed = 20_261_203;
  const sequence = fc
    .sample(commands, { seed, numRuns: 20 })
    .flat()
    .filter((command) => typeof command === 'number');
  for (const border of [2 ** 31, 2 ** 32]) {
    const before = process.memoryUsage().arrayBuffers;
    const ring = ringAfter(border - 10_000);
    const kept: Kept[] = [];
    // Without a release, so that the ring must grow on both sides of the border.
    t.equal(difference(ring, sequence.slice(0, 60), kept), undefined, `seed ${seed}`);
    const start = (border - 10_000) | 0;
    let sum = 0;
    for (const { place, text } of kept) {
      if (place !== ((start + sum) | 0)) t.fail(`${place} follows ${start} by ${sum}`);
      sum += text.length;
    }
    t.ok(sum > 10_000, `${sum} bytes`);
    t.equal(difference(ring, ['release', 100, 'release', 'release'], kept), undefined);
    const grown = process.memoryUsage().arrayBuffers - before;
    t.ok(grown < 4 * MIB, `${grown} bytes more for what is at most ${MIB}`);
  }
});
