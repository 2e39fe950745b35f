import t from 'tap';
import type { Endpoint } from '../../src/endpoint/endpoint.js';
import type { EndpointOptions } from '../../src/endpoint/options.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server that counts its runs and answers with as many bytes as it is asked for. */
async function counting(world: World, options: EndpointOptions) {
  const state = { runs: 0 };
  const handlers = {
    fill: (_: unknown, bytes: number) => {
      state.runs += 1;
      return new Uint8Array(bytes);
    },
  };
  const server = await world.endpoint({ ...options, handlers });
  const raw = await world.raw();
  const ask = async (id: number, bytes = 0): Promise<void> => {
    raw.send(request(id, 'fill', bytes), (server as unknown as Endpoint).address);
    await world.settle();
  };
  return { server, raw, ask, state } satisfies { raw: RawPeer } & Record<string, unknown>;
}

t.test(
  'a request is remembered for the replay window, and then runs again',
  inWorld(async (t, world) => {
    const { server, ask, state } = await counting(world, { replayWindowMs: 1_000 });
    await ask(1);
    await world.clock.advance(990);
    await ask(1);
    t.equal(state.runs, 1);
    t.equal(server.stats().rememberedNow, 1);
    await world.clock.advance(10);
    t.equal(server.stats().rememberedNow, 0);
    await ask(1);
    t.equal(state.runs, 2);
  }),
);

t.test(
  'each is forgotten in its own time',
  inWorld(async (t, world) => {
    const { server, ask } = await counting(world, { replayWindowMs: 1_000 });
    await ask(1);
    await world.clock.advance(500);
    await ask(2);
    await world.clock.advance(499);
    t.equal(server.stats().rememberedNow, 1);
    await world.clock.advance(501);
    t.equal(server.stats().rememberedNow, 0);
  }),
);

t.test(
  'beyond their number the oldest are forgotten',
  inWorld(async (t, world) => {
    const { server, ask, state } = await counting(world, { maxReplies: 2 });
    for (const id of [1, 2, 3]) await ask(id);
    t.equal(server.stats().rememberedNow, 2);
    await ask(2);
    await ask(3);
    t.equal(state.runs, 3);
    await ask(1);
    t.equal(state.runs, 4);
  }),
);

t.test(
  'beyond their bytes the oldest replies are let go, and their requests still not run again',
  inWorld(async (t, world) => {
    const { server, raw, ask, state } = await counting(world, { maxReplyBytes: 1_000 });
    await ask(1, 600);
    await ask(2, 600);
    t.equal(server.stats().rememberedNow, 2);
    t.equal(raw.received.length, 2);
    await ask(1, 600);
    t.equal(raw.received.length, 2, 'there is nothing left to repeat');
    await ask(2, 600);
    t.equal(raw.received.length, 3);
    t.equal(state.runs, 2);
    t.match(server.stats().fates, { 'request.duplicate': 1, 'request.replayed': 1 });
    await ask(3, 2_000);
    await ask(3, 2_000);
    t.equal(state.runs, 3, 'a reply larger than all the room there is');
    t.match(server.stats().fates, { 'request.duplicate': 2 });
  }),
);

t.test(
  'with no memory every copy runs',
  inWorld(async (t, world) => {
    for (const options of [{ maxReplies: 0 }, { replayWindowMs: 0 }]) {
      const { server, ask, state } = await counting(world, options);
      await ask(1);
      await ask(1);
      t.equal(state.runs, 2);
      t.equal(server.stats().rememberedNow, 0);
    }
  }),
);

t.test(
  'a request that was forgotten with its peer is not counted again when its memory is needed',
  inWorld(async (t, world) => {
    const { server, ask } = await counting(world, { maxPeers: 1, maxReplies: 1 });
    await ask(1);
    const other = await world.raw();
    server.peer(other.address);
    t.equal(server.stats().forgottenEarly, 1, 'its peer made room');
    other.send(request(2, 'fill', 0), server.address);
    await world.settle();
    t.match(server.stats(), { forgottenEarly: 1, fates: { 'request.run': 2 } });
  }),
);
