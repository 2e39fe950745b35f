import t from 'tap';
import type { Call } from '../../src/index.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

type Answer = (host: string | Error) => void;

/** A lookup that answers when the test decides. */
function pendingLookup() {
  const asked: string[] = [];
  const answers: Answer[] = [];
  const lookup = (host: string): Promise<string> => {
    asked.push(host);
    return new Promise((resolve, reject) => {
      answers.push((answer) => {
        if (typeof answer === 'string') resolve(answer);
        else reject(answer);
      });
    });
  };
  return { asked, answers, lookup };
}

async function named(world: World, limits: Record<string, number> = {}) {
  const raw = await world.raw('10.0.2.2', 53);
  const dns = pendingLookup();
  const client = await world.endpoint({ lookup: dns.lookup, ...limits });
  return { raw, client, ...dns };
}

t.test(
  'a host name is resolved once, and calls wait for it',
  inWorld(async (t, world) => {
    const { raw, client, asked, answers } = await named(world);
    const peer = client.peer('Server.Example:53');
    const calls = [peer.call('a'), client.peer('server.example:53').call('b')];
    t.match(peer, { health: 'resolving', address: 'server.example:53', queued: 2 });
    t.equal(calls[0]?.getSnapshot().context.peer, 'server.example:53');
    await world.settle();
    t.equal(raw.received.length, 0);
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.equal(raw.received.length, 2);
    t.match(peer, { health: 'unknown', address: '10.0.2.2:53', inFlight: 2 });
    t.equal(client.peer('10.0.2.2:53').inFlight, 2, 'its address leads to the same peer');
    t.equal(client.stats().peersNow, 1);
    client.peer('server.example:53').call('c');
    t.strictSame(asked, ['server.example']);
    raw.answer(0, 'by name');
    t.match(await world.clock.runUntil(calls[0]!), { value: 'by name' });
  }),
);

for (const [how, end] of [
  ['is cancelled', ({ call }) => call.cancel()],
  ['times out', () => undefined],
  ['is unsent', ({ answers }) => answers[0]?.(new Error('planted'))],
] satisfies [string, (waiting: { call: Call; answers: Answer[] }) => unknown][]) {
  t.test(
    `who waits until a name is ready goes on when the last call that waits ${how}`,
    inWorld(async (t, world) => {
      const { client, answers } = await named(world);
      const peer = client.peer('server.example:53');
      const call = peer.call('a', [], { timeoutMs: 50 });
      let isReady = false;
      const waiting = peer.ready().then(() => (isReady = true));
      await world.settle();
      t.notOk(isReady);
      end({ call, answers });
      await world.clock.runUntil(waiting);
      t.ok(call.done);
    }),
  );
}

t.test(
  'who waits until a name is ready waits for the peer that takes over, too',
  inWorld(async (t, world) => {
    const { raw, client, answers } = await named(world, { window: 1 });
    const known = client.peer(raw.address).call('known');
    const peer = client.peer('server.example:53');
    const call = peer.call('a');
    let isReady = false;
    const waiting = peer.ready().then(() => (isReady = true));
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.match(peer, { address: '10.0.2.2:53', inWindow: 1, queued: 1 });
    t.notOk(isReady);
    raw.answer(0, null);
    await world.clock.runUntil(known);
    await world.settle();
    t.notOk(isReady, 'the call that waited has the place');
    raw.answer(1, null);
    await world.clock.runUntil(call);
    await world.clock.runUntil(waiting);
    t.ok(isReady);
  }),
);

t.test(
  'when the lookup fails the waiting calls are unsent, and the next call looks again',
  inWorld(async (t, world) => {
    const { raw, client, asked, answers } = await named(world);
    const peer = client.peer('server.example:53');
    const first = peer.call('a');
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    answers[0]?.(error);
    t.strictSame(await first, { state: 'unsent', error, executed: 'no', attempts: 0 });
    t.equal(peer.health, 'resolving');
    const second = peer.call('b');
    t.equal(asked.length, 2);
    answers[1]?.('10.0.2.2');
    await world.settle();
    raw.answer(0, 'found');
    t.match(await world.clock.runUntil(second), { value: 'found' });
  }),
);

t.test(
  'a listener that calls again when the lookup fails starts a new lookup',
  inWorld(async (t, world) => {
    const { raw, client, asked, answers } = await named(world);
    const peer = client.peer('server.example:53');
    const first = peer.call('a');
    const again: { state: string }[] = [];
    first.on('call.unsent', () => again.push(peer.call('again')));
    const subscription = peer.on('call.unsent', () => {
      subscription.unsubscribe();
      again.push(peer.call('and again'));
    });
    answers[0]?.(new Error('no such name'));
    await first;
    await world.settle();
    t.equal(asked.length, 2);
    answers[1]?.('10.0.2.2');
    await world.settle();
    t.equal(raw.received.length, 2);
    t.strictSame(
      again.map(({ state }) => state),
      ['awaiting', 'awaiting'],
    );
  }),
);

t.test(
  'a name of a known peer hands its calls over to it, in order',
  inWorld(async (t, world) => {
    const { raw, client, answers } = await named(world, { window: 1 });
    const known = client.peer('10.0.2.2:53');
    known.call('known');
    const byName = client.peer('server.example:53');
    const calls = [byName.call('a'), byName.call('b')];
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.equal(client.stats().peersNow, 1);
    t.equal(byName.address, '10.0.2.2:53');
    t.match(known, { inFlight: 1, queued: 2 });
    t.match(byName, { inFlight: 1, queued: 2 });
    for (const index of [0, 1, 2]) {
      raw.answer(index, index);
      await world.settle();
    }
    t.match(await Promise.all(calls), [{ value: 1 }, { value: 2 }]);
  }),
);

t.test(
  'a peer forgotten while its name is resolved stays forgotten',
  inWorld(async (t, world) => {
    const { raw, client, answers } = await named(world, { maxPeers: 1 });
    client.peer('server.example:53');
    client.peer('10.0.3.1:1');
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.equal(client.stats().peersNow, 1);
    const call = client.peer('10.0.2.2:53').call('x');
    await world.settle();
    raw.answer(0, 'alive');
    t.match(await world.clock.runUntil(call), { value: 'alive' });
    t.equal(client.peer('10.0.2.2:53').health, 'responsive');
  }),
);

t.test(
  'a call can time out, or be cancelled, while the name is resolved',
  inWorld(async (t, world) => {
    const { raw, client, answers } = await named(world);
    const peer = client.peer('server.example:53');
    const slow = peer.call('slow', [], { timeoutMs: 50 });
    const unwanted = peer.call('unwanted');
    unwanted.cancel();
    t.match(await world.clock.runUntil(slow), { state: 'timedOut', verdict: 'neverSent' });
    t.match(await unwanted, { state: 'cancelled', executed: 'no' });
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.equal(raw.received.length, 0);
  }),
);

t.test(
  'closing while a name is resolved cancels its calls, and the answer is ignored',
  inWorld(async (t, world) => {
    const { raw, client, answers } = await named(world);
    const [found, lost] = ['a.example:53', 'b.example:53'].map((name) =>
      client.peer(name).call('x'),
    );
    await client.close();
    answers[0]?.('10.0.2.2');
    answers[1]?.(new Error('no such name'));
    await world.settle();
    t.match([await found, await lost], [{ state: 'cancelled' }, { state: 'cancelled' }]);
    t.equal(raw.received.length, 0);
  }),
);

t.test(
  'listeners of a name move along when it is a known peer, or cannot be resolved',
  inWorld(async (t, world) => {
    const { client, answers } = await named(world);
    client.peer('10.0.2.2:53');
    const heard: string[] = [];
    const peer = client.peer('server.example:53');
    peer.on('*', ({ type }) => heard.push(type));
    const call = peer.call('x');
    answers[0]?.('10.0.2.2');
    await world.settle();
    call.cancel();
    const other = client.peer('other.example:53');
    other.on('*', ({ type }) => heard.push(type));
    other.call('y');
    answers[1]?.(new Error('no such name'));
    await world.settle();
    other.call('z').cancel();
    t.strictSame(heard, ['call.cancelled', 'call.unsent', 'call.cancelled']);
  }),
);

t.test(
  'a procedure knows its sender by address, also if this endpoint knows the peer by name',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.2', 53);
    const dns = pendingLookup();
    const senders: unknown[] = [];
    const client = await world.endpoint({
      lookup: dns.lookup,
      handlers: { who: ({ sender }: { sender: unknown }) => senders.push(sender) },
    });
    client.peer('server.example:53').call('a');
    dns.answers[0]?.('10.0.2.2');
    await world.settle();
    raw.send(request(1, 'who'), client.address);
    await world.settle();
    t.strictSame(senders, [{ host: '10.0.2.2', port: 53 }]);
  }),
);
