/** Probes that arrive, from friends and from strangers. */
import fc from 'fast-check';
import t from 'tap';
import { ANSWER_AS_LONG } from '../../src/wire/probe.js';
import { HostileEndpoint } from '../fixtures/hostile-endpoint.js';
import { bundle, frame, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const PEER = ['10.0.0.2', 2000] as const;
const ID = Buffer.alloc(20, 7);
const PROBE = withHeaderMap(frame('probe', ID, null));

t.test(
  'any endpoint answers a probe, and keeps nothing about it',
  inWorld(async (t, world) => {
    const server = await world.endpoint();
    const raw = await world.raw();
    raw.send(PROBE, server.address);
    await world.settle();
    t.strictSame(
      raw.received.map(({ datagram }) => datagram.toString('hex')),
      [`0b${ID.toString('hex')}c0810001`],
    );
    t.match(server.stats(), { fates: { 'probe.answered': 1 }, peersNow: 0, rememberedNow: 0 });
  }),
);

t.test('an answer is never longer than its probe, whatever its padding', async (t) => {
  const hostile = await HostileEndpoint.in(t, { amplification: 'strict' });
  const padding = fc.uint8Array({ maxLength: 2_000 });
  fc.assert(
    fc.property(fc.option(padding), padding, fc.boolean(), (body, trailer, asLong) => {
      if (asLong && body !== null && body.length > 0) body[0] = ANSWER_AS_LONG;
      const probe = Buffer.concat([withHeaderMap(frame('probe', ID, body)), trailer]);
      const before = hostile.sent.length;
      const fate = hostile.receive(probe, ...PEER);
      const answers = hostile.sent.slice(before);
      return (
        fate === 'probe.answered' &&
        answers.length === 1 &&
        answers.every(({ datagram }) => datagram.length <= probe.length)
      );
    }),
  );
  const largest = withHeaderMap(frame('probe', ID, Buffer.alloc(65_000)));
  t.equal(hostile.receive(largest, ...PEER), 'probe.answered');
  t.equal(hostile.sent.at(-1)?.datagram.length, 25);
  const asLong = withHeaderMap(frame('probe', ID, Buffer.alloc(65_000, ANSWER_AS_LONG)));
  t.equal(hostile.receive(asLong, ...PEER), 'probe.answered');
  t.equal(hostile.sent.at(-1)?.datagram.length, asLong.length, 'and as long if it asks for that');
});

t.test('what is no probe is not answered', async (t) => {
  const hostile = await HostileEndpoint.in(t);
  const raw = (...bytes: number[]) => Buffer.concat([Buffer.of(0x0a), ID, Buffer.from(bytes)]);
  for (const [fate, datagram] of [
    ['malformed.shape', frame('probe', ID, null)],
    ['malformed.shape', withHeaderMap(frame('probe', ID, 'text'))],
    ['malformed.shape', withHeaderMap(frame('probe', ID, []))],
    ['malformed.shape', withHeaderMap(frame('probe', ID, { 0: 1 }))],
    ['malformed.shape', raw(0xc0, 0x80)],
    ['malformed.shape', raw(0xc1)],
    ['malformed.truncated', raw(0xc4, 0xff, 0x81, 0x00, 0x01)],
    ['malformed.truncated', raw(0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['malformed.tooShort', raw()],
  ] as const) {
    t.equal(hostile.receive(datagram, ...PEER), fate, datagram.toString('hex'));
  }
  for (const [host, port] of [
    ['10.0.0.2', 0],
    ['255.255.255.255', 2000],
    ['224.0.0.1', 2000],
    ['0.0.0.0', 2000],
  ] as const) {
    t.equal(hostile.receive(PROBE, host, port), 'badSource', host);
  }
  t.equal(hostile.sent.length, 0);
});

t.test('a bundle of probes is not answered, so one datagram never causes many', async (t) => {
  const hostile = await HostileEndpoint.in(t);
  const fates = hostile.receiveFrames(bundle(...Array<Buffer>(200).fill(PROBE)), ...PEER);
  t.strictSame(fates, Array(200).fill('malformed.shape'));
  t.equal(hostile.sent.length, 0);
});

t.test('an answer to a probe is not answered', async (t) => {
  const hostile = await HostileEndpoint.in(t);
  const present = withHeaderMap(frame('present', ID, null));
  t.equal(hostile.receive(present, ...PEER), 'response.orphan');
  t.equal(hostile.receive(present, '10.0.0.1', 1000), 'response.orphan');
  t.equal(hostile.sent.length, 0);
});

t.test('a flood of probes from forged addresses leaves nothing behind', async (t) => {
  const hostile = await HostileEndpoint.in(t, { maxPeers: 10 });
  const FLOOD = 100_000;
  for (let index = 0; index < FLOOD; index++) {
    const host = `10.${1 + (index % 200)}.${(index >> 8) % 256}.${(index >> 16) % 256}`;
    const fate = hostile.receive(PROBE, host, 1 + (index % 65_535));
    if (fate !== 'probe.answered') t.fail(`${fate} for ${host}`);
  }
  t.match(hostile.endpoint.stats(), {
    ...{ fates: { 'probe.answered': FLOOD }, attempted: FLOOD },
    ...{ peersNow: 0, rememberedNow: 0, runningNow: 0, withheldReplies: 0 },
  });
  const known = hostile.endpoint.peer('10.0.0.2:2000');
  t.equal(known.health, 'unknown', 'and there is room for a peer');
});

t.test(
  'a probe tells nothing about its sender, whose address may be forged',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const raw = await world.raw();
    const peer = endpoint.peer(raw.address);
    raw.send(PROBE, endpoint.address);
    await world.settle();
    t.match(peer, { native: false, health: 'unknown' });
  }),
);
