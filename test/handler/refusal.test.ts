/** Requests that are not run, and how their repetitions are handled. */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import { bodyOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { schemaOf } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server whose procedure ends when the test decides. It counts its runs. */
async function busy(world: World, options: EndpointOptions) {
  const ends: (() => void)[] = [];
  const state = { runs: 0 };
  const server = await world.endpoint({
    ...options,
    handlers: {
      hold: () => {
        state.runs += 1;
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      count: () => (state.runs += 1),
    },
  });
  const ask = async (raw: RawPeer, id: number, procedure = 'hold', native = true) => {
    const datagram = request(id, procedure);
    raw.send(native ? withHeaderMap(datagram) : datagram, server.address);
    await world.settle();
  };
  return { server, ends, state, ask };
}

/** The codes of the errors that a raw peer got. */
const codesOf = (raw: RawPeer): unknown[] =>
  raw.received
    .filter(({ datagram }) => datagram[0] === TYPE_BYTE.error)
    .map(({ datagram }) => (bodyOf(datagram) as [string])[0]);

t.test(
  'above the limit of running requests, requests are refused, with the limit in the message',
  inWorld(async (t, world) => {
    const { server, ends, ask } = await busy(world, { maxRunningHandlers: 1 });
    const client = await world.endpoint();
    await ask(await world.raw(), 1);
    const outcome = await world.clock.runUntil(client.peer(server.address).call('hold'));
    t.match(outcome, {
      state: 'rejected',
      executed: 'no',
      error: {
        code: 'overloaded',
        message: 'The endpoint has reached its limit: maxRunningHandlers is 1',
        data: { limit: 'maxRunningHandlers', value: 1 },
      },
    });
    ends[0]?.();
  }),
);

t.test(
  'above the limit for one peer, its requests are refused, but not those of others',
  inWorld(async (t, world) => {
    const { server, ends, state, ask } = await busy(world, { maxRunningPerPeer: 2 });
    const [greedy, modest] = [await world.raw(), await world.raw()];
    for (const id of [1, 2, 3]) await ask(greedy, id);
    await ask(modest, 4);
    t.equal(state.runs, 3);
    t.strictSame(
      greedy.received.map(({ datagram }) => bodyOf(datagram)),
      [
        [
          'overloaded',
          'The endpoint has reached its limit: maxRunningPerPeer is 2',
          { limit: 'maxRunningPerPeer', value: 2 },
        ],
      ],
    );
    t.match(server.stats(), { requests: { overloaded: 1 }, runningNow: 3 });
    ends[0]?.();
    await world.settle();
    await ask(greedy, 5);
    t.equal(state.runs, 4, 'there is room again');
    for (const end of ends) end();
    await world.settle();
  }),
);

t.test(
  'a caller that was told that its request was not run can rely on it',
  inWorld(async (t, world) => {
    const { server, ends, state, ask } = await busy(world, { maxRunningHandlers: 1 });
    const raw = await world.raw();
    await ask(raw, 1);
    await ask(raw, 2);
    ends[0]?.();
    await world.settle();
    await ask(raw, 2);
    await ask(raw, 2);
    t.equal(state.runs, 1, 'though there is room now');
    const [, refused, , again, onceMore] = [undefined, ...raw.received];
    t.equal((bodyOf(refused!.datagram) as [string])[0], 'overloaded');
    t.ok(again!.datagram.equals(refused!.datagram));
    t.ok(onceMore!.datagram.equals(refused!.datagram));
    t.match(server.stats(), {
      fates: { 'request.refused.overloaded': 1, 'request.replayed': 2 },
      requests: { overloaded: 1, replayed: 2 },
      rememberedNow: 2,
      runningNow: 0,
    });
    await world.clock.advance(30_000);
    t.equal(server.stats().rememberedNow, 0);
  }),
);

t.test(
  'an old peer is not told, so that a repetition of its request may run',
  inWorld(async (t, world) => {
    const { ends, state, ask } = await busy(world, { maxRunningHandlers: 1 });
    const raw = await world.raw();
    await ask(raw, 1, 'hold', false);
    await ask(raw, 2, 'hold', false);
    ends[0]?.();
    await world.settle();
    await ask(raw, 2, 'hold', false);
    t.equal(state.runs, 2);
    t.strictSame(raw.types, ['response']);
    ends[1]?.();
    await world.settle();
  }),
);

t.test(
  'above 4,096 such refusals callers are not told any more, and none is forgotten',
  inWorld(
    async (t, world) => {
      const { server, ends, state } = await busy(world, { maxRunningHandlers: 1 });
      const raw = await world.raw();
      const idOfNumber = (number: number) => {
        const id = Buffer.alloc(20);
        id.writeUInt32BE(number);
        return id;
      };
      const send = (number: number): void => {
        const datagram = withHeaderMap(request(0, 'hold'));
        idOfNumber(number).copy(datagram, 1);
        raw.send(datagram, server.address);
      };
      for (let number = 0; number <= 4_100; number++) send(number);
      await world.settle();
      t.equal(raw.received.length, 4_096);
      t.match(server.stats(), {
        requests: { overloaded: 4_100 },
        rememberedNow: 4_096,
        forgottenEarly: 0,
      });
      ends[0]?.();
      await world.settle();
      raw.received.length = 0;
      send(1);
      send(4_096);
      await world.settle();
      t.strictSame(codesOf(raw), ['overloaded', 'overloaded']);
      send(4_097);
      await world.settle();
      t.equal(state.runs, 2, 'a caller that was not told may try again');
      ends[1]?.();
      await world.settle();
    },
    { watched: false },
  ),
);

t.test(
  'a sender that understands it is told that its repeated request is running',
  inWorld(async (t, world) => {
    const { server, ends, ask } = await busy(world, {});
    const [raw, old] = [await world.raw(), await world.raw()];
    for (const copy of [1, 1, 1]) await ask(raw, copy);
    for (const copy of [1, 1, 1]) await ask(old, copy, 'hold', false);
    t.strictSame(raw.types, ['working', 'working']);
    t.strictSame(old.types, []);
    t.match(server.stats(), {
      fates: { 'request.run': 2, 'request.duplicate': 4 },
      requests: { duplicate: 4 },
    });
    for (const end of ends) end();
    await world.settle();
    t.strictSame(raw.types, ['working', 'working', 'response']);
    t.strictSame(old.types, ['response']);
  }),
);

t.test(
  'the same id with another body is a conflict: not run, not answered',
  inWorld(async (t, world) => {
    const { server, state, ask } = await busy(world, {});
    const raw = await world.raw();
    await ask(raw, 1, 'count');
    raw.send(withHeaderMap(request(1, 'count', 'another argument')), server.address);
    raw.send(withHeaderMap(request(1, 'hold')), server.address);
    await world.settle();
    t.equal(state.runs, 1);
    t.strictSame(raw.types, ['response']);
    t.match(server.stats(), {
      fates: { 'request.run': 1, 'request.conflict': 2 },
      requests: { conflict: 2 },
    });
    raw.send(request(1, 'count'), server.address);
    await world.settle();
    t.strictSame(raw.types, ['response', 'response'], 'a header map makes no other body');
  }),
);

t.test(
  'a remembered frame that cannot be read again is malformed',
  inWorld(async (t, world) => {
    const { server, ask } = await busy(world, {});
    const raw = await world.raw();
    await ask(raw, 1, 'count');
    const cut = request(1, 'count').subarray(0, -1);
    raw.send(cut, server.address);
    await world.settle();
    t.match(server.stats().fates, { 'malformed.truncated': 1, 'request.conflict': 0 });
  }),
);

t.test(
  'bytes after the body that are not a header map make the sender an old peer, and are counted',
  inWorld(async (t, world) => {
    const { server, ask } = await busy(world, {});
    const raw = await world.raw();
    await ask(raw, 1, 'count', false);
    raw.send(Buffer.concat([request(2, 'none'), Buffer.from('noise')]), server.address);
    raw.send(Buffer.concat([request(3, 'count'), Buffer.from('noise')]), server.address);
    await world.settle();
    t.strictSame(raw.types, ['response', 'response'], 'no answer for an unknown procedure');
    t.equal(server.stats().unreadableHeaders, 2);
    t.equal(raw.received.at(-1)?.datagram.length, 22, 'and no header map in the reply');
  }),
);

t.test(
  'a closing endpoint refuses requests, and tells callers that understand it',
  inWorld(async (t, world) => {
    const { server, ends, ask } = await busy(world, {});
    const [client, old] = [await world.endpoint(), await world.raw()];
    await ask(await world.raw(), 1);
    const closed = server.close();
    await world.settle();
    const outcome = await world.clock.runUntil(client.peer(server.address).call('count'));
    t.match(outcome, { state: 'rejected', executed: 'no', error: { code: 'closing' } });
    await ask(old, 2, 'count', false);
    t.equal(old.received.length, 0);
    t.match(server.stats().requests, { closing: 2 });
    ends[0]?.();
    await world.clock.runUntil(closed);
  }),
);

t.test(
  'an endpoint whose grace period ends tells the callers of the procedures that still run',
  inWorld(async (t, world) => {
    const { server } = await busy(world, { closeGraceMs: 50 });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('hold');
    await world.settle();
    await world.clock.runUntil(server.close());
    t.match(await world.clock.runUntil(call), {
      state: 'rejected',
      executed: 'maybe',
      error: { code: 'handlerFailed', message: 'The endpoint was closed while the procedure ran' },
    });
    t.match(server.stats().requests, { abandoned: 1 });
  }),
);

t.test(
  'strict: new requests are refused rather than a reply forgotten, those of running requests included',
  inWorld(async (t, world) => {
    const { server, ends, state, ask } = await busy(world, { atMostOnce: 'strict', maxReplies: 3 });
    const raw = await world.raw();
    await ask(raw, 1, 'count');
    await ask(raw, 2, 'count');
    await ask(raw, 3, 'hold');
    raw.received.length = 0;
    await ask(raw, 4, 'count');
    t.strictSame(
      raw.received.map(({ datagram }) => bodyOf(datagram)),
      [
        [
          'overloaded',
          'The endpoint has reached its limit: maxReplies is 3',
          { limit: 'maxReplies', value: 3 },
        ],
      ],
    );
    ends[0]?.();
    await world.settle();
    t.match(server.stats(), { rememberedNow: 4, forgottenEarly: 0 });
    for (const id of [1, 2, 4]) await ask(raw, id, 'count');
    t.equal(state.runs, 3);
    await world.clock.advance(30_000);
    await ask(raw, 5, 'count');
    t.equal(state.runs, 4, 'when their time is over there is room');
    t.equal(server.stats().forgottenEarly, 0);
  }),
);

t.test(
  'bounded: above their number the oldest are forgotten early, and counted',
  inWorld(async (t, world) => {
    const { server, state, ask } = await busy(world, { maxReplies: 2 });
    const raw = await world.raw();
    for (const id of [1, 2, 3, 4]) await ask(raw, id, 'count');
    t.match(server.stats(), { rememberedNow: 2, forgottenEarly: 2 });
    await ask(raw, 1, 'count');
    t.equal(state.runs, 5);
    await world.clock.advance(30_000);
    t.equal(server.stats().forgottenEarly, 3, 'those whose time is over do not count');
  }),
);

t.test(
  'a repeated request whose reply was released is told so, and not run again',
  inWorld(async (t, world) => {
    const { server, state, ask } = await busy(world, { maxReplyBytes: 0 });
    const [raw, old] = [await world.raw(), await world.raw()];
    await ask(raw, 1, 'count');
    await ask(raw, 1, 'count');
    await ask(old, 1, 'count', false);
    await ask(old, 1, 'count', false);
    t.equal(state.runs, 2);
    t.strictSame(raw.types, ['response', 'error']);
    t.strictSame(codesOf(raw), ['replyForgotten']);
    t.strictSame(old.types, ['response']);
    t.match(server.stats().requests, { replied: 2, duplicate: 2 });
  }),
);

t.test(
  'a refusal whose bytes were released is not reported as run',
  inWorld(async (t, world) => {
    const { ends, state, ask } = await busy(world, { maxReplyBytes: 0, maxRunningHandlers: 1 });
    const raw = await world.raw();
    await ask(raw, 1);
    await ask(raw, 2);
    ends[0]?.();
    await world.settle();
    await ask(raw, 2);
    t.equal(state.runs, 1);
    t.notOk(codesOf(raw).includes('replyForgotten'), 'the procedure was not run');
  }),
);

/** A server whose schema refuses the first value, with `message`, and accepts all others. */
async function fickle(world: World, message: string, options: EndpointOptions = {}) {
  const state = { runs: 0, judged: 0, refusing: 1 };
  const args = schemaOf<unknown[]>((value) => {
    state.judged += 1;
    return state.judged <= state.refusing
      ? { issues: Array.from({ length: 8 }, () => ({ message })) }
      : { value: value as unknown[] };
  });
  const server = await world.endpoint({
    ...options,
    contract: defineContract({ ask: { args } }),
    handlers: { ask: () => (state.runs += 1) },
  });
  return { server, state };
}

t.test(
  'a copy of a request with refused arguments is refused too, even if they would now pass',
  inWorld(async (t, world) => {
    const { server, state } = await fickle(world, 'not yet');
    const [raw, old] = [await world.raw(), await world.raw()];
    const datagram = withHeaderMap(request(1, 'ask'));
    for (let copy = 0; copy < 3; copy++) {
      raw.send(datagram, server.address);
      await world.settle();
    }
    t.strictSame(codesOf(raw), ['invalidArguments', 'invalidArguments', 'invalidArguments']);
    for (const received of raw.received) {
      t.ok(received.datagram.equals(raw.received[0]!.datagram));
    }
    t.match(state, { runs: 0, judged: 1 });
    t.match(server.stats(), {
      requests: { invalidArguments: 1, replayed: 2, replied: 0 },
      rememberedNow: 1,
    });
    state.refusing = 2;
    old.send(request(1, 'ask'), server.address);
    old.send(request(1, 'ask'), server.address);
    await world.settle();
    t.equal(state.runs, 1, 'an old peer was told nothing, and may try again');
    await world.clock.advance(30_000);
    raw.send(datagram, server.address);
    await world.settle();
    t.equal(state.runs, 2);
  }),
);

t.test(
  'who was told that its request was not run can rely on it, though it has no peer here',
  inWorld(async (t, world) => {
    const { server, state } = await fickle(world, 'not yet', { maxPeers: 1 });
    const [raw, other] = [await world.raw(), await world.raw()];
    const datagram = withHeaderMap(request(1, 'ask'));
    raw.send(datagram, server.address);
    await world.settle();
    server.peer(other.address);
    raw.send(datagram, server.address);
    await world.settle();
    t.strictSame(codesOf(raw), ['invalidArguments', 'invalidArguments']);
    t.equal(state.runs, 0);
    t.match(server.stats(), { forgottenEarly: 0, peersNow: 1 });
  }),
);

t.test(
  'above 4 MiB of refusals the oldest lose their message, but keep their code',
  inWorld(
    async (t, world) => {
      const COUNT = 2_500;
      const { server, state } = await fickle(world, 'm'.repeat(1_000));
      state.refusing = COUNT;
      const raw = await world.raw();
      const call = server.peer(raw.address).call('so that its address is validated');
      await world.settle();
      raw.answer(0, 1);
      await world.clock.runUntil(call);
      raw.received.length = 0;
      const send = async (number: number) => {
        const datagram = withHeaderMap(request(0, 'ask'));
        datagram.writeUInt32BE(number, 1);
        raw.send(datagram, server.address);
        await world.settle();
      };
      for (let number = 1; number <= COUNT; number++) await send(number);
      const bytes = raw.received.reduce((sum, { datagram }) => sum + datagram.length, 0);
      t.equal(raw.received.length, COUNT);
      t.ok(bytes > 4 * 1024 * 1024, `${bytes} bytes`);
      t.equal(server.stats().rememberedNow, COUNT);
      raw.received.length = 0;
      await send(1);
      await send(COUNT);
      const [first, last] = raw.received.map(({ datagram }) => bodyOf(datagram));
      t.strictSame(first, ['invalidArguments', 'The request was refused before']);
      t.match(last, ['invalidArguments', /mmm/]);
      t.equal(state.runs, 0);
      t.match(server.stats().requests, { duplicate: 1, replayed: 1 });
    },
    { watched: false },
  ),
);
