/** What an endpoint does with a notification: it runs the procedure, and sends nothing back. */
import t from 'tap';
import { HandlerFailedError } from '../../src/errors.js';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { ONE_WAY_HEADER_MAP } from '../../src/wire/header-map.js';
import { bundle, frame, idOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

type Settled = Extract<EndpointReport, { type: 'request.settled' }>;

function oneWay(id: number, procedure: string, ...args: unknown[]): Buffer {
  return withHeaderMap(request(id, procedure, ...args), ONE_WAY_HEADER_MAP);
}

async function serving(world: World, options: EndpointOptions = {}) {
  const ran: unknown[][] = [];
  const scopes: HandlerScope[] = [];
  const ends: (() => void)[] = [];
  const server = await world.endpoint({
    ...options,
    handlers: {
      note: (scope: HandlerScope, ...args: unknown[]) => {
        scopes.push(scope);
        ran.push(args);
        return 'nobody reads this';
      },
      unsendable: () => () => 'a function',
      slow: () => new Promise<void>((resolve) => ends.push(resolve)),
      throws: () => {
        throw new Error('planted');
      },
    },
  });
  const settled: Settled[] = [];
  server.on('request.settled', (report) => settled.push(report));
  const raw = await world.raw();
  const send = async (...datagrams: Buffer[]): Promise<void> => {
    for (const datagram of datagrams) raw.send(datagram, server.address);
    await world.settle();
  };
  return { server, raw, ran, scopes, ends, settled, send };
}

t.test(
  'its procedure runs once, and knows that nobody reads its result',
  inWorld(async (t, world) => {
    const { server, raw, ran, scopes, settled, send } = await serving(world);
    await send(oneWay(1, 'note', 'a'), oneWay(1, 'note', 'a'), request(2, 'note', 'b'));
    t.strictSame(ran, [['a'], ['b']]);
    t.strictSame(
      scopes.map((scope) => scope.oneWay),
      [true, false],
    );
    t.equal(raw.received.length, 1, 'the request alone is answered');
    t.equal(raw.received[0] && idOf(raw.received[0].datagram)[0], 2);
    t.match(settled, [
      { ending: 'finished', oneWay: true, replyBytes: undefined, durationMs: Number },
      { ending: 'duplicate', oneWay: true },
      { ending: 'replied', oneWay: undefined },
    ]);
    const { fates, requests } = server.stats();
    t.match(fates, { 'request.run': 2, 'request.duplicate': 1, 'request.replayed': 0 });
    t.match(requests, { finished: 1, replied: 1, duplicate: 1 });
  }),
);

t.test(
  'nothing is sent back, whatever goes wrong',
  inWorld(async (t, world) => {
    const { server, raw, ends, settled, send } = await serving(world, { maxRunningPerPeer: 1 });
    await send(oneWay(1, 'throws'), oneWay(2, 'missing'), oneWay(3, 'unsendable'));
    await send(oneWay(4, 'slow'), oneWay(4, 'slow'), oneWay(5, 'note'));
    await send(oneWay(2, 'missing'), oneWay(4, 'note'), frame('cancel', Buffer.alloc(20, 4), null));
    t.strictSame(
      settled.map(({ ending }) => ending),
      [
        ...['failed', 'unknownProcedure', 'finished', 'duplicate', 'overloaded'],
        ...['unknownProcedure', 'conflict'],
      ],
    );
    t.equal(server.stats().fates['cancel.orphan'], 1, 'it cannot be cancelled');
    t.match(world.errors, [HandlerFailedError]);
    world.errors.length = 0;
    for (const end of ends) end();
    await world.settle();
    await world.clock.advance(60_000);
    t.strictSame(raw.types, []);
    t.equal(settled.at(-1)?.ending, 'finished');
  }),
);

t.test(
  'at its deadline and at the close, nothing is sent back either',
  inWorld(async (t, world) => {
    const { server, raw, settled, send } = await serving(world, { handlerTimeoutMs: 100 });
    await send(oneWay(1, 'slow'));
    await world.clock.advance(100);
    t.equal(settled.at(-1)?.ending, 'timedOut');
    world.errors.length = 0;
    await send(oneWay(2, 'slow'));
    const closed = server.close({ graceMs: 50 });
    await send(oneWay(3, 'note'));
    await world.clock.runUntil(closed);
    t.equal(settled.at(-1)?.ending, 'abandoned');
    t.strictSame(raw.types, []);
  }),
);

t.test(
  'many in one datagram need one slot, as long as their procedures are synchronous',
  inWorld(async (t, world) => {
    const { server, ran, send } = await serving(world, { maxRunningPerPeer: 1 });
    const many = Array.from({ length: 200 }, (_, index) => oneWay(index, 'note', index));
    await send(bundle(...many));
    t.equal(ran.length, 200);
    t.equal(server.stats().requests.finished, 200);
  }),
);

t.test(
  'calls are not forgotten for notifications',
  inWorld(async (t, world) => {
    const { server, raw, ran, send } = await serving(world, { maxReplies: 4 });
    await send(withHeaderMap(request(200, 'note', 'called')));
    for (let id = 0; id < 20; id += 1) await send(oneWay(id, 'note', id));
    await send(withHeaderMap(request(200, 'note', 'called')));
    t.equal(ran.length, 21, 'the call is known');
    t.equal(raw.types.filter((type) => type === 'response').length, 2, 'and is answered again');
    t.equal(server.stats().forgottenEarly, 16);
    t.equal(server.stats().rememberedNow, 5);
    await send(oneWay(19, 'note', 19));
    t.equal(ran.length, 21, 'the newest notifications are known as well');
  }),
);

t.test(
  'a strict endpoint refuses rather than forget one',
  inWorld(async (t, world) => {
    const { ran, settled, send } = await serving(world, { atMostOnce: 'strict', maxReplies: 2 });
    for (let id = 0; id < 3; id += 1) await send(oneWay(id, 'note', id));
    t.equal(ran.length, 2);
    t.equal(settled.at(-1)?.ending, 'overloaded');
    await send(request(200, 'note', 'called'));
    t.equal(ran.length, 3, 'calls have places of their own');
  }),
);

for (const [what, value] of [
  ['false', 0xc2],
  ['1', 0x01],
  ['nil', 0xc0],
] as const) {
  t.test(
    `a header map whose key 8 is ${what} is not read`,
    inWorld(async (t, world) => {
      const { server, raw, send } = await serving(world);
      const headerMap = Buffer.of(0x82, 0, 1, 8, value);
      await send(withHeaderMap(request(1, 'note'), headerMap));
      t.strictSame(raw.types, ['response'], 'it is taken as an ordinary request');
      t.equal(server.stats().unreadableHeaders, 1);
    }),
  );
}

t.test(
  'other entries beside key 8 are read, and none may come twice',
  inWorld(async (t, world) => {
    const { raw, scopes, send } = await serving(world);
    const traced = Buffer.of(0x83, 8, 0xc3, 3, 0xa2, 0x30, 0x30, 0, 1);
    await send(withHeaderMap(request(1, 'note'), traced));
    t.match(scopes, [{ oneWay: true, traceparent: '00' }]);
    t.equal(raw.received.length, 0);
    const twice = Buffer.of(0x83, 0, 1, 8, 0xc3, 8, 0xc3);
    await send(withHeaderMap(request(2, 'note'), twice));
    t.match(scopes[1], { oneWay: false });
  }),
);
