/** What an endpoint counts, and which sums must be equal. */
import t from 'tap';
import { z } from 'zod';
import { defineContract } from '../../src/contract/contract.js';
import type { RequestEnding } from '../../src/api/request-ending.js';
import type { HandlerScope } from '../../src/api/scope.js';
import type { Endpoint } from '../../src/api/endpoint.js';
import type { EndpointStats } from '../../src/api/stats.js';
import { requestHeaderMap, stampRequest } from '../../src/wire/header-map.js';
import { frame, request, withHeaderMap } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The same request, with a caller that waits longer. */
function waiting(datagram: Buffer, remainingMs: number): Buffer {
  const stamped = withHeaderMap(datagram, requestHeaderMap(undefined));
  stampRequest(stamped, stamped.length, 1, remainingMs);
  return stamped;
}

t.test(
  'datagrams are attempted, then sent or refused, and refusals have a code',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, initialWindow: 64 });
    const peer = client.peer('10.0.0.1:1');
    const counts = () => {
      const { attempted, sent, refused, refusedBy } = client.stats();
      return { attempted, sent, refused, refusedBy };
    };
    t.strictSame(counts(), { attempted: 0, sent: 0, refused: 0, refusedBy: {} });
    for (let n = 0; n < 6; n++) peer.call('x');
    t.strictSame(counts(), { attempted: 6, sent: 0, refused: 0, refusedBy: {} });
    const refusal = (code: string) => Object.assign(new Error(code), { code });
    transport.sent[0]?.done(null);
    transport.sent[1]?.done(refusal('ENETUNREACH'));
    transport.sent[2]?.done(refusal('EPERM'));
    transport.sent[3]?.done(refusal('ENETUNREACH'));
    transport.sent[4]?.done(new TypeError('no code'));
    const refusedBy = { ENETUNREACH: 2, EPERM: 1, TypeError: 1 };
    t.strictSame(counts(), { attempted: 6, sent: 1, refused: 4, refusedBy });
    t.match(client.stats(), { outcomes: { unsent: 4 }, inFlightNow: 2 });
    await client.close();
    t.strictSame(
      counts(),
      { attempted: 6, sent: 1, refused: 4, refusedBy },
      'of one the callback was lost with the socket',
    );
  }),
);

t.test(
  'repetitions, replies and signals are counted like requests',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    raw.native = true;
    const client = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const peer = client.peer(raw.address);
    const first = peer.call('a');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    const repeated = peer.call('b');
    await world.clock.advance(1_600);
    repeated.cancel();
    raw.send(request(1, 'echo', 1), client.address);
    raw.send(request(1, 'echo', 1), client.address);
    await world.settle();
    t.strictSame(raw.types, ['request', 'request', 'request', 'cancel', 'response', 'response']);
    t.match(client.stats(), { attempted: 6, sent: 6, refused: 0 });
  }),
);

t.test(
  'every request has one ending, and the endings match the fates',
  inWorld(async (t, world) => {
    const contract = defineContract({
      reply: { args: z.tuple([]) },
      fail: {},
      slow: { timeoutMs: 10 },
      hold: {},
    });
    const forever = () => new Promise<never>(() => undefined);
    const untilAborted = ({ signal }: HandlerScope) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    const server = await world.endpoint({
      contract,
      maxRunningPerPeer: 1,
      closeGraceMs: 10,
      handlers: {
        reply: () => 1,
        fail: () => {
          throw new Error('planted');
        },
        slow: untilAborted,
        hold: forever,
      },
    });
    const endings: RequestEnding[] = [];
    server.on('request.settled', ({ ending }) => endings.push(ending));
    const raw = await world.raw();
    const expected: RequestEnding[] = [];
    const sendFrom = async (from: RawPeer, datagram: Buffer, ...ends: RequestEnding[]) => {
      from.send(datagram, server.address);
      await world.settle();
      expected.push(...ends);
      t.strictSame(endings, expected);
    };
    const send = (datagram: Buffer, ...ends: RequestEnding[]) => sendFrom(raw, datagram, ...ends);
    await send(request(1, 'reply'), 'replied');
    await send(request(1, 'reply'), 'replayed');
    await send(request(1, 'reply', 'other'), 'conflict');
    const oneWay = Buffer.of(0x82, 0, 1, 8, 0xc3);
    await send(Buffer.concat([request(11, 'reply'), oneWay]), 'finished');
    await send(request(2, 'fail'), 'failed');
    await send(request(3, 'none'), 'unknownProcedure');
    await send(request(4, 'reply', 'too many'), 'invalidArguments');
    await send(waiting(request(5, 'reply'), 0), 'deadlinePassed');
    await send(request(6, 'slow'));
    await send(request(6, 'slow'), 'duplicate');
    await send(request(7, 'reply'), 'overloaded');
    await world.clock.advance(10);
    await send(request(8, 'hold'), 'timedOut');
    await send(frame('cancel', Buffer.alloc(20, 8), null));
    await world.clock.advance(5_000);
    // The cancelled procedure runs on, and holds the slot of its peer.
    await sendFrom(await world.raw(), request(9, 'hold'), 'cancelled');
    const closed = server.close();
    await send(request(10, 'reply'), 'closing');
    await world.clock.runUntil(closed);
    await world.settle();
    t.equal(raw.types.filter((type) => type === 'error').length, 1, 'the native peer is told');

    const { requests, fates } = server.stats();
    t.strictSame(endings.at(-1), 'abandoned');
    t.strictSame(
      requests,
      Object.fromEntries(Object.keys(requests).map((ending) => [ending, 1])),
      'each of them once',
    );
    t.equal(sum(requests), endings.length);
    const { replied, finished, failed, timedOut, cancelled, abandoned } = requests;
    const run = replied + finished + failed + timedOut + cancelled + abandoned;
    t.equal(fates['request.run'], run);
    t.equal(fates['cancel.delivered'], 1);
    t.match(world.errors.splice(0), [{ procedure: 'fail' }, { procedure: 'slow' }]);
  }),
);

t.test(
  'the calls made are those with an outcome, those that wait and those in flight',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2, mailbox: 3, timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const calls = Array.from({ length: 8 }, () => peer.call('x'));
    await world.settle();
    const made = () => {
      const { outcomes, queuedNow, inFlightNow } = client.stats();
      return [sum(outcomes), queuedNow, inFlightNow];
    };
    t.strictSame(made(), [3, 3, 2]);
    raw.answer(0, 1);
    calls[2]?.cancel();
    await world.settle();
    t.strictSame(made(), [5, 1, 2]);
    await world.clock.advance(100);
    t.strictSame(made(), [8, 0, 0]);
    t.match(client.stats(), {
      outcomes: { resolved: 1, rejected: 0, cancelled: 1, unsent: 3, timedOut: 3 },
      lingeringNow: 2,
    });
  }),
);

t.test(
  'stats are a snapshot: later events do not change them',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const client = await world.endpoint();
    const [ofServer, ofClient] = [server.stats(), client.stats()];
    const copies = structuredClone([ofServer, ofClient]);
    await world.clock.runUntil(client.peer(server.address).call('echo', [1]));
    t.strictSame([ofServer, ofClient], copies);
    t.notSame(server.stats(), ofServer);
  }),
);

t.test(
  'stats() adds up also when a procedure calls it at its start',
  inWorld(async (t, world) => {
    const seen: EndpointStats[] = [];
    const server: Endpoint = await world.endpoint({
      handlers: { look: () => void seen.push(server.stats()) },
    });
    const peer = (await world.endpoint()).peer(server.address);
    for (let call = 0; call < 3; call++) await world.clock.runUntil(peer.call('look'));
    t.equal(seen.length, 3);
    for (const [index, stats] of seen.entries()) {
      const { received, framesReceived, fates, requests, runningNow } = stats;
      t.equal(framesReceived, sum(fates), 'each frame has a fate');
      t.equal(framesReceived, index, 'the one that is being dealt with is not yet counted');
      t.equal(received, index + 1, 'and the datagram that brought it is');
      t.match([requests.replied, runningNow], [index, 1]);
    }
  }),
);
