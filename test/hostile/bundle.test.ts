/** Hostile bundles are read as the library reads them, in time proportional to their length. */
import { decodeMulti } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { unpackBundle } from '../../src/wire/bundle.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { hostileBody } from '../fixtures/hostile-bytes.js';
import { bundleBytes, datagramBytes, hostileBundle } from '../fixtures/hostile-datagrams.js';
import { HostileEndpoint, pollution } from '../fixtures/hostile-endpoint.js';
import { bundle, request, withHeaderMap } from '../fixtures/raw-peer.js';

const numRuns = 20_000;

const PEER = ['10.0.0.2', 2000] as const;

/** Without these limits, five bytes would make the library allocate 269 MB. */
const LENGTHS = { maxArrayLength: 65_535, maxMapLength: 65_535 };

const withHeader = (body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.alloc(HEADER_BYTES, 4), body]);

/** Bodies of any sort, and bundles. */
const hostile: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: hostileBody.map(withHeader), weight: 1 },
  {
    arbitrary: hostileBundle(['a']).map((one) =>
      bundleBytes(
        one,
        one.frames.map((frame) => datagramBytes(frame, Buffer.alloc(20, 1))),
      ),
    ),
    weight: 2,
  },
);

/**
 * The frames as the library reads them; undefined unless they are an array of 1 to 256 binaries.
 */
function readByLibrary(datagram: Buffer): Uint8Array[] | undefined {
  try {
    const items: unknown = decodeMulti(datagram.subarray(HEADER_BYTES), LENGTHS).next().value;
    if (!Array.isArray(items) || items.length === 0 || items.length > 256) return undefined;
    return items.every((one) => one instanceof Uint8Array) ? items : undefined;
  } catch {
    return undefined;
  }
}

t.test(
  'a bundle is accepted if the library finds an array of binaries in it, and gives these frames',
  async (t) => {
    const seen = { taken: 0, truncated: 0, shape: 0, tooShort: 0 };
    fc.assert(
      fc.property(hostile, (datagram) => {
        const frames: Buffer[] = [];
        const fault = unpackBundle(datagram, (frame) => frames.push(frame));
        const expected = readByLibrary(datagram);
        seen[(fault?.reason as keyof typeof seen | undefined) ?? 'taken']++;
        if (fault !== undefined) return expected === undefined && frames.length === 0;
        return (
          expected?.length === frames.length &&
          frames.every((frame, index) => frame.equals(expected[index]!))
        );
      }),
      { numRuns },
    );
    for (const [fate, count] of Object.entries(seen))
      t.ok(count > numRuns / 500, `${fate} ${count}`);
  },
);

/** The same bytes, and a count of those that were read. */
function counted(bytes: Buffer): { readonly bytes: Buffer; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, name) {
      if (name === 'readUIntBE') {
        return (offset: number, length: number) => {
          reads += length;
          return target.readUIntBE(offset, length);
        };
      }
      // A view is not a read, because it does not look at the bytes.
      if (name === 'subarray') return target.subarray.bind(target);
      if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
      return Reflect.get(target, name, target) as unknown;
    },
  });
  return { bytes: proxy, reads: () => reads };
}

/**
 * Each is read twice, once before anything is accepted: the code and the size of each item, and of
 * the array.
 */
function isBounded(datagram: Buffer): boolean {
  const { bytes, reads } = counted(datagram);
  let frames = 0;
  const fault = unpackBundle(bytes, () => frames++);
  const items = fault === undefined ? frames : datagram.length / 2;
  return reads() <= 2 * 5 * (items + 1) && frames <= datagram.length / 2;
}

t.test('no bundle makes its reader read a byte more than twice', async (t) => {
  fc.assert(fc.property(hostile, isBounded), { numRuns: 5_000 });
  t.ok(isBounded(bundle(...Array.from({ length: 30_000 }, () => Buffer.alloc(0)))));
  t.ok(isBounded(bundle(Buffer.alloc(60_000))));
});

t.test('a bundle that is refused at its start is not read to its end', async (t) => {
  for (const start of ['90', 'dc0000', '81', 'c0', '91a0', '91c6ffffffff', 'dd000000009']) {
    const body = Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(8_000, 0xc4)]);
    const { bytes, reads } = counted(withHeader(body));
    t.ok(unpackBundle(bytes, () => undefined));
    t.ok(reads() < 12, `${start}: ${reads()} bytes were read`);
  }
});

t.test('256 empty frames have 256 fates, and one more makes the bundle invalid', async (t) => {
  const hostileEndpoint = await HostileEndpoint.in(t, { handlers: { a: () => 1 } });
  const frames = Array.from({ length: 256 }, () => Buffer.alloc(0));
  const fates = hostileEndpoint.receiveFrames(bundle(...frames), ...PEER);
  t.strictSame([...new Set(fates)], ['malformed.tooShort']);
  t.equal(fates.length, frames.length);
  const tooMany = hostileEndpoint.receiveFrames(bundle(...frames, Buffer.alloc(0)), ...PEER);
  t.strictSame(tooMany, ['malformed.shape']);
  t.match(hostileEndpoint.endpoint.stats(), { received: 2, peersNow: 0, attempted: 0 });
  t.strictSame([...hostileEndpoint.imbalances(), ...pollution()], []);
});

t.test(
  'as many requests of a bundle run as the limits allow, and the rest is refused',
  async (t) => {
    let runs = 0;
    const hostileEndpoint = await HostileEndpoint.in(t, {
      closeGraceMs: 0,
      maxRunningHandlers: 20,
      maxRunningPerPeer: 10,
      maxReplies: 50,
      handlers: {
        hang: () => {
          runs += 1;
          return new Promise(() => undefined);
        },
      },
    });
    const ids = Array.from({ length: 256 }, (_, id) => {
      const bytes = withHeaderMap(request(0, 'hang'));
      bytes.writeUInt32BE(id, 1);
      return bytes;
    });
    const fates = hostileEndpoint.receiveFrames(bundle(...ids), ...PEER);
    t.equal(fates.length, ids.length);
    t.equal(runs, 10);
    t.equal(fates.filter((fate) => fate === 'request.refused.overloaded').length, 246);
    await hostileEndpoint.clock.advance(0);
    const longest = Math.max(...hostileEndpoint.sent.map(({ datagram }) => datagram.length));
    t.ok(longest <= 1_200, `${longest} bytes is the longest datagram that answers`);
    t.strictSame(hostileEndpoint.imbalances(), []);
  },
);

t.test('bundles in bundles are not read, at any depth', async (t) => {
  const hostileEndpoint = await HostileEndpoint.in(t, { handlers: { a: () => 1 } });
  let nested = bundle(request(1, 'a'));
  for (let depth = 0; depth < 100; depth++) nested = bundle(nested, request(1, 'a'));
  const fates = hostileEndpoint.receiveFrames(nested, ...PEER);
  t.strictSame(fates, ['malformed.shape', 'request.run']);
});
