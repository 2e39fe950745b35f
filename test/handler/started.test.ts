/** `request.started`: a procedure is about to run, for whom, and which. */
import t from 'tap';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { NO_HEADERS } from '../../src/wire/headers.js';
import { request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

type Started = Extract<EndpointReport, { type: 'request.started' }>;

t.test(
  'it comes before the procedure runs, and names its sender',
  inWorld(async (t, world) => {
    const order: string[] = [];
    const server = await world.endpoint({ handlers: { ping: () => order.push('runs') } });
    const heard: Started[] = [];
    server.on('request.started', (report) => {
      order.push('started');
      heard.push(report);
    });
    server.on('request.settled', () => order.push('settled'));
    const client = await world.endpoint();
    const call = client.peer(server.address).call('ping');
    await world.clock.runUntil(call);
    t.strictSame(order, ['started', 'runs', 'settled']);
    t.strictSame(heard, [
      {
        type: 'request.started',
        procedure: 'ping',
        sender: { host: '10.0.0.2', port: 1000 },
        peer: '10.0.0.2:1000',
        transactionId: call.transactionId,
        attempt: 1,
        headers: NO_HEADERS,
        oneWay: false,
      },
    ]);
  }),
);

t.test(
  'it has the headers of the call, and says what is a notification',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const heard: Started[] = [];
    server.on('request.started', (report) => heard.push(report));
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('ping', [], { headers: { token: 'abc' } }));
    peer.notify('ping');
    await world.settle();
    t.match(heard, [
      { headers: { token: 'abc' }, oneWay: false },
      { headers: {}, oneWay: true },
    ]);
    t.equal(Object.isFrozen(heard[0]?.headers), true);
  }),
);

t.test(
  'what is refused or repeated is not started',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        hang: ({ signal }: HandlerScope) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          }),
      },
    });
    const heard: string[] = [];
    server.on('request.started', ({ procedure, attempt }) => heard.push(`${procedure} ${attempt}`));
    const raw = await world.raw();
    const hang = withHeaderMap(request(1, 'hang'));
    for (const datagram of [hang, hang, request(2, 'nobody')]) raw.send(datagram, server.address);
    await world.settle();
    t.strictSame(heard, ['hang 1']);
    t.match(server.stats().fates, { 'request.run': 1, 'request.duplicate': 1 });
  }),
);

t.test(
  'a listener may close the endpoint: the procedure still runs, and is answered',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    server.on('request.started', () => void server.close());
    const client = await world.endpoint();
    t.match(await world.clock.runUntil(client.peer(server.address).call('ping')), {
      state: 'resolved',
      value: 'pong',
    });
  }),
);
