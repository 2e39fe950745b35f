import t from 'tap';
import type { Fate } from '../../src/api/fate.js';
import { noFates } from '../../src/api/fate.js';
import { frame, request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const ID = Buffer.alloc(20, 9);
const body = (type: number, ...bytes: number[]) =>
  Buffer.concat([Buffer.of(type), ID, Buffer.from(bytes)]);

/** One datagram for each way in which bytes can be wrong. */
const MALFORMED: readonly (readonly [string, Buffer])[] = [
  ['malformed.tooShort', Buffer.alloc(0)],
  ['malformed.tooShort', body(0)],
  ['malformed.unknownType', body(7, 0xc0)],
  ['malformed.unknownType', body(0xff, 0xc0)],
  ['malformed.tooLong', Buffer.alloc(21 + 8_192 + 513)],
  ['malformed.tooLong', frame('request', ID, ['x', ['x'.repeat(8_186)]])],
  ['malformed.truncated', body(0, 0x92)],
  ['malformed.depth', body(0, ...Array.from({ length: 40 }, () => 0x91), 0xc0)],
  ['malformed.reserved', body(0, 0xc1)],
  ['malformed.utf8', body(0, 0x92, 0xa1, 0xe2, 0x90)],
  ['malformed.key', body(0, 0x81, 0xa9, ...Buffer.from('__proto__'), 1)],
  ['malformed.timestamp', body(0, 0x92, 0xa1, 0x61, 0x91, 0xc7, 1, 0xff, 0)],
  ['malformed.shape', frame('request', ID, ['x'])],
  ['malformed.shape', frame('request', ID, { x: [] })],
  ['malformed.shape', frame('request', ID, ['x', [], 1])],
  ['malformed.shape', frame('cancel', ID, ['x', []])],
  ['malformed.shape', frame('bundle', ID, null)],
  ['malformed.shape', frame('bundle', ID, [])],
  ['malformed.truncated', body(4, 0x91, 0xc4, 0x17)],
];

t.test(
  'bytes that cannot be read have a fate, are not answered, and make no peer',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { x: () => 1 } });
    const raw = await world.raw();
    const expected: Record<string, number> = {};
    for (const [fate, datagram] of MALFORMED) {
      raw.send(datagram, server.address);
      expected[fate] = (expected[fate] ?? 0) + 1;
    }
    await world.settle();
    const { received, fates, peersNow } = server.stats();
    t.match(fates, expected);
    t.equal(received, MALFORMED.length);
    t.equal(peersNow, 0);
    t.equal(raw.received.length, 0);
  }),
);

t.test(
  'a datagram from port 0 cannot be answered',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { x: () => 1 } });
    world.network.inject(request(1, 'x'), { host: '10.0.0.9', port: 0 }, server.address);
    await world.settle();
    t.match(server.stats(), { fates: { badSource: 1 }, sent: 0, peersNow: 0 });
  }),
);

t.test(
  'answers to no call are orphans, and make no peer',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const raw = await world.raw();
    for (let id = 0; id < 100; id++) {
      raw.send(frame('response', Buffer.alloc(20, id), id), client.address);
      raw.send(frame('error', Buffer.alloc(20, id), ['a', 'b']), client.address);
    }
    await world.settle();
    t.match(client.stats(), { received: 200, fates: { 'response.orphan': 200 }, peersNow: 0 });
  }),
);

t.test(
  'each fate is reported with its source, and the reports add up to the counts',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const raw = await world.raw();
    const reported = noFates();
    server.on('frame.settled', ({ fate, from }) => {
      reported[fate] += 1;
      t.strictSame(from, raw.address);
    });
    for (const [, datagram] of MALFORMED) raw.send(datagram, server.address);
    raw.send(request(1, 'echo', 1), server.address);
    raw.send(request(1, 'echo', 1), server.address);
    raw.send(request(2, 'none'), server.address);
    await world.settle();
    t.strictSame(server.stats().fates, reported);
    t.match(reported, { 'request.run': 1, 'request.replayed': 1 } satisfies Partial<
      Record<Fate, number>
    >);
  }),
);

t.test(
  'every bit of a request flipped, and every cut of it, has one fate and throws nothing',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { x: () => 1 } });
    const raw = await world.raw();
    const sound = request(1, 'x', 'argument', { key: [1, 2.5, null] });
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const flipped = Buffer.from(sound);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      raw.send(flipped, server.address);
    }
    for (let length = 0; length < sound.length; length++) {
      raw.send(sound.subarray(0, length), server.address);
    }
    await world.settle();
    t.equal(server.stats().received, sound.length * 9);
    t.strictSame(Object.keys({}), []);
  }),
);
