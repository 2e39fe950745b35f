/** What `stats().latencies` tells. */
import t from 'tap';
import { frame, request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const slowly = { delayMs: { min: 20, max: 20 } };

t.test(
  'calls that were answered and requests that ran are told by procedure',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      latencies: true,
      handlers: {
        at: () => 1,
        fail: () => Promise.reject(new Error('planted')),
        later: () => new Promise((resolve) => world.clock.setTimeout(() => resolve(1), 80)),
      },
    });
    const client = await world.endpoint({ latencies: true, timeoutMs: 500 });
    t.strictSame(client.stats().latencies, { calls: {}, requests: {} }, 'nothing yet');
    const peer = client.peer(server.address);
    for (const name of ['at', 'at', 'at', 'fail', 'later', 'none']) {
      await world.clock.runUntil(peer.call(name));
    }
    peer.call('at').cancel();
    await world.clock.runUntil(client.peer('10.9.9.9:9').call('lost'));
    const { calls, requests } = server.stats().latencies!;
    t.strictSame(calls, {}, 'the server called nobody');
    t.strictSame(
      Object.entries(requests).map(([name, { count }]) => [name, count]),
      [
        ['at', 4],
        ['fail', 1],
        ['later', 1],
      ],
      'a name that is not offered is not told',
    );
    const { calls: made } = client.stats().latencies!;
    t.strictSame(
      Object.keys(made),
      ['at', 'fail', 'later', 'none'],
      'what was lost has no latency',
    );
    t.equal(made['at']?.count, 3, 'nor has what was cancelled');
    for (const time of Object.entries(made['later']!).filter(([name]) => name !== 'count')) {
      t.ok(Math.abs(time[1] / 120 - 1) <= 0.01, time.join(' '));
    }
    world.errors.splice(0);
  }, slowly),
);

t.test(
  'without the option there are none',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint({ handlers: { at: () => 1 } });
    await world.clock.runUntil(endpoint.peer(endpoint.address).call('at'));
    t.equal(endpoint.stats().latencies, undefined);
    await t.rejects(world.endpoint({ latencies: 1 as never }), {
      name: 'OptionError',
      message: /'latencies' must be true or false/,
    });
  }),
);

t.test(
  'names from strangers never become keys, and names that objects have are names like others',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const server = await world.endpoint({
      latencies: true,
      handlers: { toString: () => 'own' },
    });
    let id = 0;
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'x', 'toString']) {
      raw.send(request((id += 1), name), server.address);
    }
    raw.send(frame('request', Buffer.alloc(20, 99), null), server.address);
    await world.settle();
    const { requests } = server.stats().latencies!;
    t.strictSame(Object.keys(requests), ['toString']);
    const call = server.peer(raw.address).call('__proto__');
    await world.settle();
    raw.answer(raw.types.length - 1, 1);
    await world.clock.runUntil(call);
    t.strictSame(Object.keys(server.stats().latencies!.calls), ['__proto__']);
  }),
);
