/** What an endpoint reports about requests that did not end normally. */
import t from 'tap';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a procedure that is still running after the grace period of close() is reported as abandoned',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      closeGraceMs: 50,
      handlers: { hang: () => new Promise(() => undefined) },
    });
    const endings: string[] = [];
    server.on('request.settled', ({ ending }) => endings.push(ending));
    const client = await world.endpoint();
    client.peer(server.address).call('hang');
    await world.settle();
    await world.clock.runUntil(server.close());
    t.strictSame(endings, ['abandoned']);
  }),
);

t.test(
  'a request from one peer too many is refused and reported',
  inWorld(async (t, world) => {
    const ends: (() => void)[] = [];
    const hold = () => new Promise<void>((resolve) => ends.push(resolve));
    const server = await world.endpoint({ maxPeers: 1, handlers: { hold, ping: () => 'pong' } });
    const reports: EndpointReport[] = [];
    server.on('request.settled', (report) => reports.push(report));
    const [first, second] = [await world.endpoint(), await world.endpoint()];
    const held = first.peer(server.address).call('hold');
    await world.settle();
    const turnedAway = second.peer(server.address).call('ping');
    t.match(await world.clock.runUntil(turnedAway), {
      state: 'rejected',
      executed: 'no',
      error: { code: 'overloaded', data: { limit: 'maxPeers', value: 1 } },
    });
    ends[0]?.();
    await world.clock.runUntil(held);
    t.match(reports[0], {
      ending: 'overloaded',
      procedure: 'ping',
      peer: `${second.address.host}:${second.address.port}`,
      transactionId: turnedAway.transactionId,
    });
    t.equal(server.stats().fates['request.refused.overloaded'], 1);
  }),
);

t.test(
  'a later result or error of an abandoned procedure is not a second ending',
  inWorld(async (t, world) => {
    const ends: (() => void)[] = [];
    const server = await world.endpoint({
      closeGraceMs: 50,
      handlers: {
        deaf: () => new Promise<void>((resolve) => ends.push(resolve)),
        obedient: ({ signal }: HandlerScope) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          }),
      },
    });
    const endings: string[] = [];
    server.on('request.settled', ({ ending }) => endings.push(ending));
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    const calls = [peer.call('deaf'), peer.call('obedient')];
    await world.settle();
    await world.clock.runUntil(server.close());
    for (const end of ends) end();
    for (const call of calls) {
      const error = { code: 'handlerFailed', message: /endpoint was closed/ };
      t.match(await world.clock.runUntil(call), { state: 'rejected', error });
    }
    await world.settle();
    t.strictSame(endings, ['abandoned', 'abandoned']);
    t.match(server.stats(), {
      requests: { abandoned: 2, replied: 0, failed: 0 },
      discardedResults: 2,
      runningNow: 0,
    });
  }),
);
