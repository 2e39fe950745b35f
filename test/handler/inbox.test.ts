import t from 'tap';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import { frame, request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a request that arrives again while its procedure runs is counted, and not run again',
  inWorld(async (t, world) => {
    let runs = 0;
    let finish = (_value: string): void => undefined;
    const server = await world.endpoint({
      handlers: {
        slow: () => {
          runs += 1;
          return new Promise<string>((resolve) => (finish = resolve));
        },
      },
    });
    const raw = await world.raw();
    for (let copy = 0; copy < 3; copy++) raw.send(request(7, 'slow'), server.address);
    await world.settle();
    t.equal(runs, 1);
    t.match(server.stats(), {
      runningNow: 1,
      fates: { 'request.run': 1, 'request.duplicate': 2, 'request.replayed': 0 },
    });
    finish('done');
    await world.settle();
    t.equal(raw.received.length, 1, 'one reply, however often it was asked for');
  }),
);

t.test(
  'a request that arrives again after its reply gets the same bytes',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({ handlers: { count: () => (runs += 1) } });
    const raw = await world.raw();
    for (let copy = 0; copy < 3; copy++) {
      raw.send(request(7, 'count'), server.address);
      await world.settle();
    }
    t.equal(runs, 1);
    t.equal(raw.received.length, 3);
    for (const { datagram } of raw.received) {
      t.strictSame(datagram, frame('response', Buffer.alloc(20, 7), 1));
    }
    t.match(server.stats().fates, { 'request.run': 1, 'request.replayed': 2 });
  }),
);

t.test(
  'a failed procedure is not run again, and sends nothing',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({
      handlers: {
        fail: () => {
          runs += 1;
          throw new Error('no');
        },
      },
    });
    const raw = await world.raw();
    raw.send(request(7, 'fail'), server.address);
    raw.send(request(7, 'fail'), server.address);
    await world.settle();
    t.equal(runs, 1);
    t.equal(world.errors.splice(0).length, 1, 'one failure, one error');
    t.match(server.stats().fates, { 'request.run': 1, 'request.duplicate': 1 });
    t.equal(raw.received.length, 0);
  }),
);

t.test(
  'the same id from two addresses means two requests',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({ handlers: { count: () => (runs += 1) } });
    const first = await world.raw('10.0.1.1', 5);
    const otherPort = await world.raw('10.0.1.1', 6);
    const otherHost = await world.raw('10.0.1.2', 5);
    for (const raw of [first, otherPort, otherHost]) raw.send(request(7, 'count'), server.address);
    await world.settle();
    t.equal(runs, 3);
    t.strictSame(
      [first, otherPort, otherHost].map(({ received }) => received[0]?.datagram.at(-1)),
      [1, 2, 3],
      'each gets its own answer',
    );
  }),
);

t.test(
  'above the limit of running requests, requests are refused until there is room',
  inWorld(async (t, world) => {
    const waiting: (() => void)[] = [];
    const server = await world.endpoint({
      maxRunningHandlers: 2,
      handlers: { wait: () => new Promise<void>((resolve) => waiting.push(resolve)) },
    });
    const raw = await world.raw();
    const endings: unknown[] = [];
    server.on('request.settled', ({ ending }) => endings.push(ending));
    for (const id of [1, 2, 3]) raw.send(request(id, 'wait'), server.address);
    await world.settle();
    t.match(server.stats(), { runningNow: 2, fates: { 'request.refused.overloaded': 1 } });
    t.strictSame(endings, ['overloaded']);
    waiting[0]?.();
    await world.settle();
    raw.send(request(3, 'wait'), server.address);
    await world.settle();
    t.equal(server.stats().fates['request.run'], 3, 'a refused request may be tried again');
    for (const finish of waiting) finish();
    await world.settle();
  }),
);

t.test(
  'a request for an unknown procedure is refused without an answer',
  inWorld(async (t, world) => {
    class Service {
      own = (): string => 'own';
      method(): string {
        return 'inherited';
      }
    }
    const prototype = Object.create({ inherited: () => 'inherited' }) as object;
    const handlers = Object.assign(prototype, new Service()) as object;
    const server = await world.endpoint({ handlers: handlers as Record<string, () => string> });
    const raw = await world.raw();
    const names = ['', 'x', 'inherited', 'method', 'rpc_own', 'Own', 'own\0', 'close', 'then'];
    const ofObject = Object.getOwnPropertyNames(Object.prototype);
    [...names, ...ofObject].forEach((name, index) => {
      raw.send(request(index, name), server.address);
    });
    await world.settle();
    t.equal(raw.received.length, 0);
    t.equal(
      server.stats().fates['request.refused.unknownProcedure'],
      names.length + ofObject.length,
    );
    raw.send(request(200, 'own'), server.address);
    await world.settle();
    t.equal(raw.received.length, 1);
  }),
);

t.test(
  'the ending of each request is reported',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const reports: EndpointReport[] = [];
    server.on('request.settled', (report) => reports.push(report));
    const raw = await world.raw();
    raw.send(request(1, 'echo', 'hi'), server.address);
    raw.send(request(1, 'echo', 'hi'), server.address);
    raw.send(request(2, 'none'), server.address);
    raw.send(request(3, 'echo'), server.address);
    await world.settle();
    const subject = { type: 'request.settled', peer: '10.0.0.2:2000' };
    const [first, repeated, unknown, last] = reports;
    t.match(first, { ...subject, ending: 'replied', procedure: 'echo', replyBytes: 24 });
    t.match(first, { transactionId: '01'.repeat(20), durationMs: 0 });
    t.match(repeated, { ...subject, ending: 'replayed', transactionId: '01'.repeat(20) });
    t.match(unknown, { ...subject, ending: 'unknownProcedure', procedure: 'none' });
    t.match(unknown, { durationMs: undefined, replyBytes: undefined, error: undefined });
    t.match(last, { ending: 'replied' });
  }),
);
