/** What happens to each frame of a bundle that arrives. */
import t from 'tap';
import type { Handler } from '../../src/handler/handler.js';
import type { Fate } from '../../src/api/fate.js';
import { answerTo, bundle, frame, idOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { RestlessClock } from '../fixtures/restless-clock.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A server that counts its runs, a raw peer, and the fates of the peer's frames, in order. */
async function served(world: World) {
  const runs: unknown[] = [];
  const fates: Fate[] = [];
  const server = await world.endpoint({
    handlers: {
      count: (_, value: unknown) => runs.push(value),
      hang: () => new Promise<never>(() => undefined),
    },
    closeGraceMs: 0,
  });
  server.on('frame.settled', ({ fate }) => fates.push(fate));
  const raw = await world.raw();
  const send = async (datagram: Buffer): Promise<Fate[]> => {
    raw.send(datagram, server.address);
    await world.settle();
    return fates.splice(0);
  };
  return { server, raw, runs, send };
}

t.test(
  'each frame of a bundle has its own fate, in order',
  inWorld(async (t, world) => {
    const client = await world.endpoint({
      timeoutMs: 1_000,
      handlers: { x: () => 1 },
    });
    const fates: Fate[] = [];
    client.on('frame.settled', ({ fate }) => fates.push(fate));
    const [raw, other] = [await world.raw(), await world.raw()];
    const peer = client.peer(raw.address);
    const calls = ['a', 'b', 'c', 'd'].map((name) => peer.call(name));
    const elsewhere = client.peer(other.address).call('e');
    await world.settle();
    const [a, b, c, d] = raw.received.map(({ datagram }) => datagram);
    const [e] = other.received.map(({ datagram }) => datagram);
    raw.send(
      bundle(
        withHeaderMap(answerTo(a!, 'for a')),
        withHeaderMap(answerTo(a!, 'for a')),
        withHeaderMap(frame('error', idOf(b!), ['no', 'not b'])),
        withHeaderMap(frame('working', idOf(c!), null)),
        answerTo(e!, 'not from here'),
        frame('response', Buffer.alloc(20, 9), 'nobody asked'),
        withHeaderMap(request(1, 'x')),
        request(1, 'x'),
        request(1, 'other'),
        request(2, 'missing'),
        frame('cancel', Buffer.alloc(20, 9), null),
        frame('request', Buffer.alloc(20, 9), 'no request'),
        Buffer.alloc(0),
        Buffer.alloc(22, 0xff),
        bundle(request(3, 'x')),
        withHeaderMap(answerTo(d!, 'for d')),
      ),
      client.address,
    );
    await world.settle();
    t.strictSame(fates, [
      ...['response.matched', 'response.duplicate', 'response.matched', 'response.working'],
      ...['response.wrongPeer', 'response.orphan', 'request.run', 'request.replayed'],
      ...['request.conflict', 'request.refused.unknownProcedure', 'cancel.orphan'],
      ...['malformed.shape', 'malformed.tooShort', 'malformed.unknownType', 'malformed.shape'],
      'response.matched',
    ]);
    t.match(client.stats(), { received: 1, framesReceived: 16 });
    t.match(await calls[0]!, { state: 'resolved', value: 'for a' });
    t.match(await calls[1]!, { state: 'rejected', error: { code: 'no' } });
    t.match(await calls[3]!, { state: 'resolved', value: 'for d' });

    await world.clock.runUntil(elsewhere);
    other.send(bundle(answerTo(e!, 'late'), answerTo(e!, 'later')), client.address);
    await world.settle();
    t.strictSame(fates.slice(-2), ['response.late', 'response.duplicate']);
  }),
);

t.test(
  'a bundle that arrives twice runs each request once, and repeats each reply',
  inWorld(async (t, world) => {
    const { server, raw, runs, send } = await served(world);
    const requests = bundle(...[1, 2, 3].map((id) => withHeaderMap(request(id, 'count', id))));
    t.strictSame(await send(requests), Array(3).fill('request.run'));
    t.strictSame(await send(requests), Array(3).fill('request.replayed'));
    t.strictSame(runs, [1, 2, 3]);
    const replies = raw.received.map(({ datagram }) => datagram.toString('hex'));
    t.equal(replies.length, 6);
    t.strictSame(replies.slice(0, 3), replies.slice(3));
    t.match(server.stats(), { received: 2, framesReceived: 6 });
  }),
);

t.test(
  'a request that comes in a bundle and alone is one request, and so is one that is twice in a bundle',
  inWorld(async (t, world) => {
    const { runs, send } = await served(world);
    const once = withHeaderMap(request(1, 'count', 'once'));
    t.strictSame(await send(bundle(once, once, once)), [
      ...['request.run', 'request.replayed', 'request.replayed'],
    ]);
    t.strictSame(await send(once), ['request.replayed']);
    t.strictSame(await send(bundle(request(2, 'hang'), request(2, 'hang'))), [
      ...['request.run', 'request.duplicate'],
    ]);
    t.strictSame(runs, ['once']);
  }),
);

t.test(
  'nothing of a bundle with a fault is accepted, and it has one fate',
  inWorld(async (t, world) => {
    const { server, runs, send } = await served(world);
    const sound = bundle(request(1, 'count'), request(2, 'count'));
    for (let length = 0; length < sound.length; length++) {
      const reason = length < 22 ? 'tooShort' : 'truncated';
      // An empty datagram is not a bundle, but it is too short too.
      t.strictSame(await send(sound.subarray(0, length)), [`malformed.${reason}`]);
    }
    for (const last of [null, 'text', [request(3, 'count')], { a: 1 }]) {
      const items = [request(1, 'count'), last];
      t.strictSame(await send(frame('bundle', Buffer.alloc(20), items)), ['malformed.shape']);
    }
    t.strictSame(await send(bundle()), ['malformed.shape']);
    t.strictSame(runs, []);
    t.match(server.stats(), { peersNow: 0, attempted: 0 });
  }),
);

t.test(
  'the id of a bundle means nothing, and bytes after its frames are ignored',
  inWorld(async (t, world) => {
    const { runs, send } = await served(world);
    const odd = bundle(request(1, 'count', 1), request(2, 'count', 2));
    odd.fill(0xff, 1, 21);
    const trailing = Buffer.concat([odd, Buffer.from('c1dd01ffffff', 'hex')]);
    t.strictSame(await send(trailing), ['request.run', 'request.run']);
    t.strictSame(runs, [1, 2]);
  }),
);

t.test(
  'frames of a bundle from port 0 cannot be answered',
  inWorld(async (t, world) => {
    const { server, runs } = await served(world);
    const requests = bundle(request(1, 'count'), request(2, 'count'));
    world.network.inject(requests, { host: '10.0.0.9', port: 0 }, server.address);
    await world.settle();
    t.match(server.stats(), { received: 1, framesReceived: 2, fates: { badSource: 2 } });
    t.strictSame(runs, []);
  }),
);

t.test(
  'an endpoint that bundles nothing still reads bundles',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ maxBundleBytes: 0, handlers: { x: () => 1 } });
    const raw = await world.raw();
    const requests = [1, 2, 3].map((id) => withHeaderMap(request(id, 'x')));
    raw.send(bundle(...requests), server.address);
    await world.settle();
    t.strictSame(raw.types, ['response', 'response', 'response']);
    t.equal(raw.bundles, 0);
  }),
);

t.test(
  'an observer gets the datagram once, and each of its frames',
  inWorld(async (t, world) => {
    const seen: string[] = [];
    const server = await world.endpoint({
      handlers: { x: () => 1 },
      inspect: (event) => {
        if (event.type !== '@xstate.event') return;
        const { type, bytes, fate } = event.event as {
          type: string;
          bytes?: number;
          fate?: string;
        };
        if (/^(datagram|frame)\./.test(type)) seen.push(`${type} ${bytes ?? fate ?? ''}`);
      },
    });
    const raw = await world.raw();
    const requests = bundle(request(1, 'x'), request(1, 'x'), Buffer.of(1));
    raw.send(requests, server.address);
    await world.settle();
    t.strictSame(seen, [
      `datagram.received ${requests.length}`,
      'frame.settled request.run',
      'frame.settled request.replayed',
      'frame.settled malformed.tooShort',
    ]);
  }),
);

t.test(
  'an endpoint that a frame asks to close gives the other frames of the bundle their fates too',
  inWorld(async (t, world) => {
    let closed: Promise<void> | undefined;
    const server = await world.endpoint({
      handlers: { close: ({ endpoint }) => void (closed = endpoint.close()) },
    });
    const raw = await world.raw();
    const requests = [1, 2, 3].map((id) => withHeaderMap(request(id, 'close')));
    raw.send(bundle(...requests), server.address);
    await world.settle();
    await world.clock.runUntil(closed!);
    await world.settle();
    t.match(server.stats(), {
      framesReceived: 3,
      requests: { replied: 1, closing: 2 },
    });
    t.strictSame(raw.types, ['response', 'error', 'error'], 'and all are answered');
  }),
);

t.test(
  'the requests of one bundle arrived at the same time, however long it takes to read them',
  inWorld(async (t, world) => {
    const handlers: Handler[] = [];
    const clock = new RestlessClock(world.clock);
    const server = await world.endpoint({
      clock,
      handlers: {
        sync: () => clock.nowMs(),
        async: async () => Promise.resolve(clock.nowMs()),
      },
      inspect: ({ type, actorRef }) => {
        const actor = actorRef as unknown as Handler;
        if (type === '@xstate.actor' && actor.id.startsWith('handler ')) handlers.push(actor);
      },
    });
    const raw = await world.raw();
    const [first, ...rest] = ['sync', 'async', 'missing', 'sync', 'async'].map((name, id) =>
      withHeaderMap(request(id, name)),
    );
    raw.send(bundle(...rest), server.address);
    await world.settle();
    const together = handlers.map(({ context }) => context.receivedAtMs);
    t.equal(together.length, 4);
    t.equal(new Set(together).size, 1, String(together));
    for (const { context } of handlers) {
      if (context.durationMs !== undefined) t.ok(context.durationMs > 0, 'but ended later');
    }

    raw.send(first!, server.address);
    await world.settle();
    t.ok(handlers.at(-1)!.context.receivedAtMs > together[0]!, 'as did what came in another');
  }),
);

t.test(
  'the answers of one bundle arrived at the same time, each to a call sent at its own time',
  inWorld(async (t, world) => {
    const clock = new RestlessClock(world.clock);
    const client = await world.endpoint({ clock });
    const raw = await world.raw();
    const calls = ['a', 'b', 'c'].map((name) => client.peer(raw.address).call(name));
    await world.settle();
    const [a, b, c] = raw.received.map(({ datagram }) => datagram);
    const before = clock.readings;
    raw.send(
      bundle(
        withHeaderMap(answerTo(a!, 1)),
        withHeaderMap(frame('error', idOf(b!), ['no', 'not b'])),
        withHeaderMap(answerTo(c!, 3)),
      ),
      client.address,
    );
    await world.settle();
    t.ok(clock.readings > before);
    const arrivals = calls.map((call) => {
      const { outcome, sentAtMs } = call.getSnapshot().context;
      if (outcome?.state !== 'resolved' && outcome?.state !== 'rejected') return outcome?.state;
      return sentAtMs! + outcome.rttMs;
    });
    t.equal(new Set(arrivals).size, 1, String(arrivals));
    t.equal(new Set(calls.map((call) => call.getSnapshot().context.sentAtMs)).size, 3);
  }),
);

t.test(
  'the clock is read once for a datagram without use, whatever it holds',
  inWorld(async (t, world) => {
    const clock = new RestlessClock(world.clock);
    const server = await world.endpoint({ clock });
    const raw = await world.raw();
    const nothing = [Buffer.of(1), Buffer.alloc(22, 0xff), frame('response', Buffer.alloc(20), 1)];
    for (const datagram of [...nothing, bundle(...nothing, ...nothing)]) {
      await world.settle();
      const before = clock.readings;
      raw.send(datagram, server.address);
      await world.settle();
      t.equal(clock.readings - before, 1);
    }
  }),
);
