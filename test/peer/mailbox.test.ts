import t from 'tap';
import { MailboxFullError, TooManyCallsError } from '../../src/errors.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'calls above the window wait, and are sent first come, first served',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2 });
    const peer = client.peer(raw.address);
    const calls = ['a', 'b', 'c', 'd', 'e'].map((procedure) => peer.call(procedure));
    t.strictSame([peer.inFlight, peer.queued], [2, 3]);
    await world.settle();
    t.strictSame(raw.asked, ['a', 'b']);
    for (let index = 0; index < calls.length; index++) {
      raw.answer(index, index);
      await world.settle();
      t.ok(peer.inFlight <= 2);
    }
    t.strictSame(raw.asked, ['a', 'b', 'c', 'd', 'e']);
    const outcomes = await Promise.all(calls);
    t.ok(outcomes.every((outcome, index) => 'value' in outcome && outcome.value === index));
  }),
);

t.test(
  'a call above the mailbox limit is unsent, with the numbers',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2, mailbox: 3 });
    const peer = client.peer(raw.address);
    for (let count = 0; count < 5; count++) peer.call('x');
    const outcome = await peer.call('one too many');
    t.match(outcome, { state: 'unsent', executed: 'no', attempts: 0, error: MailboxFullError });
    t.match(outcome, {
      error: {
        code: 'ERR_RPCUDP_MAILBOX_FULL',
        message:
          'The mailbox of 10.0.0.1:2000 is full (mailbox is 3): 3 calls wait, 2 are in flight',
        limit: 'mailbox',
        value: 3,
        queued: 3,
        inFlight: 2,
      },
    });
    t.strictSame([peer.inFlight, peer.queued], [2, 3]);
  }),
);

t.test(
  'the mailbox is bounded by the bytes of the requests, too, which are free again when they leave',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1, mailboxBytes: 500 });
    const peer = client.peer(raw.address);
    const call = (bytes: number) => peer.call('x', [new Uint8Array(bytes)]);
    const [first, second] = [call(0), call(4_000), call(0)];
    t.equal(second.state, 'queued', 'one call may wait, however long its request is');
    const third = call(0);
    t.equal(third.state, 'unsent');
    const message = /is full \(mailboxBytes is 500\): 1 calls wait, 1 are in flight$/;
    t.match(await third, { error: { limit: 'mailboxBytes', value: 500, message } });
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    t.strictSame(
      [call(100), call(100), call(400)].map(({ state }) => state),
      ['queued', 'queued', 'unsent'],
    );
  }),
);

t.test(
  'a thousand calls made at once are all sent',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { twice: (_, n: number) => 2 * n } });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    const calls = Array.from({ length: 1_000 }, (_, n) => peer.call('twice', [n]).value());
    const values = await world.clock.runUntil(Promise.all(calls));
    t.strictSame(values.at(-1), 1_998);
  }),
);

t.test(
  'who waits until the peer is ready fills no mailbox, and is told by how many calls may be made',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2, mailbox: 3 });
    const peer = client.peer(raw.address);
    t.equal(peer.room, 5);
    const made: number[] = [];
    const pacing = (async () => {
      for (let number = 0; number < 5; number++) {
        await peer.ready();
        peer.call('x', [number]);
        made.push(peer.queued);
      }
    })();
    await world.settle();
    t.strictSame([made.length, peer.room, peer.inFlight], [2, 3, 2]);
    for (let index = 0; index < 3; index++) {
      raw.answer(index, null);
      await world.settle();
    }
    await world.clock.runUntil(pacing);
    t.strictSame(made, [0, 0, 0, 0, 0]);
    const waiting = peer.ready();
    const closing = client.close();
    await world.clock.runUntil(waiting);
    await world.clock.runUntil(closing);
    await peer.ready();
  }),
);

t.test(
  'without a mailbox, a call above the window is unsent at once',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1, mailbox: 0 });
    const peer = client.peer(raw.address);
    peer.call('x');
    t.equal(peer.call('y').state, 'unsent');
  }),
);

t.test(
  'a call that is cancelled or times out leaves the mailbox, also from its middle',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1, mailbox: 3 });
    const peer = client.peer(raw.address);
    const [first, , third] = ['a', 'b', 'c', 'd'].map((procedure) =>
      peer.call(procedure, [], { timeoutMs: procedure === 'b' ? 50 : 500 }),
    );
    third?.cancel();
    t.equal(peer.queued, 2);
    await world.clock.advance(50);
    t.equal(peer.queued, 1);
    t.equal(peer.call('e').state, 'queued', 'there is room again');
    first?.cancel();
    await world.settle();
    t.strictSame(raw.asked, ['a', 'd']);
  }),
);

t.test(
  'a call that times out makes room in the window, while it lingers',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(raw.address);
    peer.call('a', [], { timeoutMs: 100 });
    const second = peer.call('b', [], { timeoutMs: 200 });
    await world.clock.advance(100);
    t.match([second.state, peer.inFlight, peer.queued], ['awaiting', 1, 0]);
  }),
);

t.test(
  'a call made by a listener to an outcome does not jump the queue',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(raw.address);
    const subscription = peer.on('call.resolved', () => {
      subscription.unsubscribe();
      peer.call('last');
    });
    peer.call('first');
    peer.call('second');
    for (const index of [0, 1, 2]) {
      await world.settle();
      raw.answer(index, null);
    }
    await world.settle();
    t.strictSame(raw.asked, ['first', 'second', 'last']);
  }),
);

t.test(
  'one window does not hold up another',
  inWorld(async (t, world) => {
    const [busy, free] = [await world.raw(), await world.raw()];
    const client = await world.endpoint({ window: 1 });
    client.peer(busy.address).call('x');
    t.equal(client.peer(busy.address).call('y').state, 'queued');
    t.equal(client.peer(free.address).call('z').state, 'sent');
  }),
);

t.test(
  'a call above the limit of calls in flight is unsent, and one that ends makes room',
  inWorld(async (t, world) => {
    const [a, b] = [await world.raw(), await world.raw()];
    const client = await world.endpoint({ maxOutstanding: 1, window: 1, timeoutMs: 100 });
    const first = client.peer(a.address).call('first');
    const outcome = await client.peer(b.address).call('elsewhere');
    t.match(outcome, { state: 'unsent', error: TooManyCallsError });
    t.match(outcome, {
      error: { message: 'The endpoint has 1 calls in flight, which is its limit (maxOutstanding)' },
    });
    const second = client.peer(a.address).call('second');
    await world.settle();
    a.answer(0, 1);
    t.match(await world.clock.runUntil(first), { state: 'resolved' });
    t.not(second.state, 'unsent', 'its turn came as the first one ended');
    const third = client.peer(a.address).call('third');
    await world.clock.runUntil(second);
    t.not(third.state, 'unsent', 'a call that lingers is not in flight');
  }),
);

t.test(
  'a long mailbox whose every call fails at once is emptied too',
  inWorld(
    async (t, world) => {
      const transport = new ScriptedTransport();
      const client = await world.endpoint({ transport, window: 1, mailbox: 5_000 });
      const peer = client.peer('10.0.0.1:1');
      for (let count = 0; count < 5_000; count++) peer.call('x');
      transport.send = (_datagram, _host, _port, done) => {
        done(new Error('no route'));
      };
      transport.sent[0]?.done(new Error('no route'));
      t.strictSame([peer.queued, peer.inFlight], [0, 0]);
      t.match(client.stats(), { outcomes: { unsent: 5_000 }, refused: 5_000 });
    },
    { watched: false },
  ),
);

for (const stallMs of [0, 300]) {
  t.test(
    `what waits past its own deadline is never sent, after a stall of ${stallMs} ms`,
    inWorld(async (t, world) => {
      const raw = await world.raw();
      const client = await world.endpoint({ attempts: 1, initialWindow: 2, timeoutMs: 50 });
      const peer = client.peer(raw.address);
      const calls = ['a', 'b', 'c', 'd'].map((procedure) => peer.call(procedure));
      await world.clock.advance(5);
      if (stallMs > 0) world.clock.stall(stallMs);
      const outcomes = await world.clock.runUntil(Promise.all(calls));
      await world.clock.advance(500);
      t.strictSame(raw.asked, ['a', 'b']);
      for (const outcome of outcomes.slice(2)) {
        t.match(outcome, { state: 'timedOut', verdict: 'neverSent', executed: 'no', attempts: 0 });
      }
    }),
  );
}

t.test(
  'what a scope says is left can be given to a call, whole or not; with nothing left it is not sent',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const front = await world.endpoint({
      handlers: {
        pass: ({ endpoint, remainingMs }) =>
          endpoint
            .peer(server.address)
            .call('echo', [remainingMs], { timeoutMs: remainingMs })
            .value(),
      },
    });
    const client = await world.endpoint();
    const call = client.peer(front.address).call('pass', [], { timeoutMs: 1_000.5 });
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 1_001 });
    const before = client.stats();
    const outcome = await client.peer(front.address).call('pass', [], { timeoutMs: 0 });
    const nothing = { state: 'timedOut', verdict: 'neverSent', executed: 'no', attempts: 0 };
    t.match(outcome, { ...nothing, timeoutMs: 0 });
    t.equal(client.stats().attempted, before.attempted);
    for (const timeoutMs of [-1, NaN, Infinity, 2 ** 31]) {
      t.throws(() => client.peer(front.address).call('pass', [], { timeoutMs }), {
        message: `The option 'timeoutMs' must be a number from 0 to 2147483647, but is ${timeoutMs}`,
      });
    }
  }),
);
