/** Notifications with a key: of those that wait only the newest is sent. */
import t from 'tap';
import { bodyOf } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const argsIn = (raw: RawPeer): unknown[] =>
  raw.received.map(({ datagram }) => (bodyOf(datagram) as [string, [unknown]])[1][0]);

t.test(
  'of those of one turn the newest is sent, at its end',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const made = [1, 2, 3].map((x) => peer.notify('at', [x], { latest: 'x' }));
    peer.notify('at', ['other'], { latest: 7 });
    peer.notify('at', ['plain']);
    t.strictSame(
      made.map(({ state }) => state),
      ['replaced', 'replaced', 'queued'],
    );
    t.match(made[0]?.getSnapshot().output, { state: 'replaced', by: made[1]?.transactionId });
    await world.settle();
    t.strictSame(argsIn(raw), ['plain', 3, 'other']);
    t.equal(made[2]?.state, 'sent');
  }),
);

t.test(
  'they wait for room, and each keeps the place of its key',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1 });
    const peer = client.peer(raw.address);
    peer.notify('at', ['first']);
    for (const [key, x] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const) {
      peer.notify('at', [x], { latest: key });
      await world.settle();
    }
    t.strictSame(argsIn(raw), ['first']);
    t.equal(client.stats().notificationsNow, 2);
    raw.present(0);
    await world.settle();
    t.strictSame(argsIn(raw), ['first', 3, 2]);
    t.match(client.stats().notifications, { sent: 3, replaced: 1 });
  }),
);

t.test(
  'as many wait as may, and the rest is dropped',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1, notifyWaiting: 2 });
    const peer = client.peer(raw.address);
    const states = [1, 2, 3, 2].map((key) => peer.notify('at', [key], { latest: key }).state);
    t.strictSame(states, ['queued', 'queued', 'dropped', 'queued'], 'one replaces without room');
    t.match(client.stats().notifications, { replaced: 1, 'dropped.noRoom': 1 });
    await world.settle();
    t.equal(client.stats().notificationsNow, 1);
  }),
);

t.test(
  'keys are those of one peer, and 1 is not "1"',
  inWorld(async (t, world) => {
    const [one, two] = [await world.raw(), await world.raw()];
    const client = await world.endpoint();
    client.peer(one.address).notify('at', [1], { latest: 1 });
    client.peer(one.address).notify('at', [2], { latest: '1' });
    client.peer(two.address).notify('at', [3], { latest: 1 });
    await world.settle();
    t.strictSame([argsIn(one), argsIn(two)], [[1, 2], [3]]);
  }),
);

t.test(
  'what waits for a look-up that never ends is dropped, and who waits goes on',
  inWorld(async (t, world) => {
    let lookUps = 0;
    const client = await world.endpoint({
      initialWindow: 1,
      lookup: () => {
        lookUps += 1;
        return new Promise<string>(() => undefined);
      },
    });
    const peer = client.peer('server.example:53');
    const notification = peer.notify('at', [1]);
    let isReady = false;
    void peer.readyToNotify().then(() => (isReady = true));
    await world.clock.advance(9_999);
    t.strictSame([notification.state, isReady], ['queued', false]);
    await world.clock.advance(1);
    t.match(notification.getSnapshot().output, {
      reason: 'unresolved',
      error: { message: 'No address of server.example:53 was found in 10 s' },
    });
    t.equal(isReady, true);
    peer.notify('at', [2]);
    t.equal(lookUps, 2, 'it is looked up again');
    await world.clock.advance(10_000);
    t.match(client.stats(), { notificationsNow: 0, notifications: { 'dropped.unresolved': 2 } });
  }),
);

t.test(
  'who waits to notify a name waits for the peer that has its address',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.2', 53);
    let answer: ((host: string) => void) | undefined;
    const client = await world.endpoint({
      initialWindow: 1,
      lookup: () => new Promise<string>((resolve) => (answer = resolve)),
    });
    client.peer(raw.address).notify('at', ['known']);
    const named = client.peer('server.example:53');
    named.notify('at', ['waits']);
    let isReady = false;
    const ready = named.readyToNotify().then(() => (isReady = true));
    await world.settle();
    answer?.('10.0.2.2');
    await world.settle();
    t.equal(isReady, false, 'that one has no room');
    raw.present(0);
    await world.clock.runUntil(ready);
    t.equal(named.notify('at', ['ready']).state, 'queued');
    await world.settle();
    t.strictSame(argsIn(raw), ['known', 'ready']);
  }),
);

t.test(
  'what waits for a name goes to the peer that has its address',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.2', 53);
    const answers: ((host: string) => void)[] = [];
    const client = await world.endpoint({
      initialWindow: 2,
      lookup: () => new Promise<string>((resolve) => answers.push(resolve)),
    });
    const named = client.peer('server.example:53');
    const made = ['a', 'b', 'c'].map((x) => named.notify('at', [x]));
    made.push(named.notify('at', ['d'], { latest: 1 }), named.notify('at', ['e'], { latest: 1 }));
    t.strictSame(
      made.map(({ state }) => state),
      ['queued', 'queued', 'dropped', 'replaced', 'queued'],
    );
    await world.settle();
    client.peer(raw.address).notify('at', ['known']);
    answers[0]?.('10.0.2.2');
    await world.settle();
    t.strictSame(argsIn(raw), ['known', 'a']);
    t.match(made[1]?.getSnapshot().output, { reason: 'noRoom' });
    t.equal(made[0]?.getSnapshot().context.peer, '10.0.2.2:53');
    raw.present(0);
    await world.settle();
    t.strictSame(argsIn(raw), ['known', 'a', 'e']);
  }),
);

t.test(
  'what waits for a name that cannot be looked up is dropped',
  inWorld(async (t, world) => {
    const client = await world.endpoint({
      lookup: () => Promise.reject(new Error('planted')),
    });
    const peer = client.peer('server.example:53');
    const notification = peer.notify('at');
    await world.settle();
    t.match(notification.getSnapshot().output, { reason: 'unresolved', error: Error });
    await peer.readyToNotify();
    t.equal(client.stats().notifications['dropped.unresolved'], 1);
  }),
);
