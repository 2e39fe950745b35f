import fc from 'fast-check';
import t from 'tap';
import { ownerOf } from '../../src/cluster/owner.js';
import { SeededRandom } from '../../src/testing/random.js';

const SEED = 20_240_601;

t.test('an address has one owner, which is one of the workers', async () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6());
  const property = fc.property(
    ...[host, fc.nat(65_535), fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 256 })],
    (host, port, seed, workers) => {
      const owner = ownerOf(host, port, seed, workers);
      if (!Number.isInteger(owner) || owner < 0 || owner >= workers) return false;
      return ownerOf(host, port, seed, workers) === owner;
    },
  );
  fc.assert(property);
});

/**
 * How far counts are from even: chi-squared divided by its degrees of freedom. Chance gives about
 * 1.
 */
function unevenness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const even = total / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
  return chiSquared / (counts.length - 1);
}

function countsOf(
  addresses: Iterable<readonly [host: string, port: number]>,
  seed: number,
  workers: number,
): number[] {
  const counts = new Array<number>(workers).fill(0);
  for (const [host, port] of addresses) {
    const owner = ownerOf(host, port, seed, workers);
    counts[owner] = (counts[owner] ?? NaN) + 1;
  }
  return counts;
}

const KINDS: Readonly<Record<string, () => Iterable<readonly [string, number]>>> = {
  *'ports of one host, in order'() {
    for (let port = 32_768; port < 61_000; port++) yield ['127.0.0.1', port];
  },
  *'256 ports of one host, in order'() {
    for (let port = 40_000; port < 40_256; port++) yield ['127.0.0.1', port];
  },
  *'every second port of one host, as Linux gives them'() {
    for (let port = 32_768; port < 61_000; port += 2) yield ['192.0.2.7', port];
  },
  *'hosts of one network, with one port'() {
    for (let low = 0; low < 20_000; low++) yield [`10.0.${low >> 8}.${low & 0xff}`, 4_000];
  },
  *'IPv6 hosts of one network, with one port'() {
    for (let low = 1; low < 20_000; low++) yield [`2001:db8::${low.toString(16)}`, 4_000];
  },
};

for (const [kind, addresses] of Object.entries(KINDS)) {
  t.test(`the workers get equal shares of ${kind}`, async (t) => {
    const random = new SeededRandom(SEED, kind);
    for (const workers of [2, 3, 4, 8, 61]) {
      for (let round = 0; round < 5; round++) {
        const seed = Math.floor(random.unit() * 2 ** 32);
        const found = unevenness(countsOf(addresses(), seed, workers));
        // With one degree of freedom, chance alone exceeds 12 once in 2,000 times.
        t.ok(found < 12, `${workers} workers, hash seed ${seed}: ${found.toFixed(2)} (${SEED})`);
      }
    }
  });
}

t.test('the seed decides which worker owns an address', async (t) => {
  const owners = new Set(
    Array.from({ length: 64 }, (_, seed) => ownerOf('192.0.2.1', 4_000, seed, 8)),
  );
  t.equal(owners.size, 8);
});
