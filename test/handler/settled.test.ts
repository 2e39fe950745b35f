/** What an endpoint tells of requests that met no ordinary end. */
import t from 'tap';
import type { EndpointReport } from '../../src/endpoint/report.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a procedure that outlasts the grace of close() is reported as abandoned',
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
  'a request from one peer too many is turned away, and reported',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ maxPeers: 1, handlers: { ping: () => 'pong' } });
    const reports: EndpointReport[] = [];
    server.on('request.settled', (report) => reports.push(report));
    const [first, second] = [await world.endpoint(), await world.endpoint({ timeoutMs: 100 })];
    t.match(await world.clock.runUntil(first.peer(server.address).call('ping')), {
      value: 'pong',
    });
    const turnedAway = second.peer(server.address).call('ping');
    t.match(await world.clock.runUntil(turnedAway), { state: 'timedOut' });
    t.match(reports[1], {
      ending: 'overloaded',
      procedure: 'ping',
      peer: `${second.address.host}:${second.address.port}`,
      transactionId: turnedAway.transactionId,
    });
    t.equal(server.stats().fates['request.refused.overloaded'], 1);
  }),
);
