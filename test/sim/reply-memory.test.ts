/**
 * Compares the memory of replies with a model of it. fast-check makes up requests, and shrinks the
 * ones that fail.
 */
import fc from 'fast-check';
import t from 'tap';
import { World } from '../fixtures/world.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { datagramOf, TYPE } from './datagram.js';

const WINDOW_MS = 1_000;
const MAX_REPLIES = 3;
/** A reply takes 21 bytes, 2 bytes for the head of its binary value, and the requested bytes. */
const MAX_REPLY_BYTES = 200;
const REPLY_OVERHEAD = 23;

/** A request that ended. */
interface Remembered {
  readonly key: string;
  readonly asked: number;
  readonly serial: number;
  readonly untilMs: number;
  kept: boolean;
}

/** How the memory must behave, written as simply as possible. */
class Model {
  nowMs = 0;
  runs = 0;
  forgottenEarly = 0;
  remembered: Remembered[] = [];

  /** What the sender gets: the serial number of the run that answers, or nothing. */
  request(key: string, asked: number): number | undefined {
    // At the moment when a window ends, sockets are polled before alarms ring.
    this.forget(({ untilMs }) => untilMs < this.nowMs);
    const known = this.remembered.find((other) => other.key === key);
    if (known !== undefined) {
      return known.asked === asked && known.kept ? known.serial : undefined;
    }
    this.runs += 1;
    const untilMs = this.nowMs + WINDOW_MS;
    this.remembered.push({ key, asked, serial: this.runs, untilMs, kept: true });
    if (this.remembered.length > MAX_REPLIES) {
      this.remembered.shift();
      this.forgottenEarly += 1;
    }
    for (const oldest of this.remembered) {
      if (this.bytes() <= MAX_REPLY_BYTES) break;
      oldest.kept = false;
    }
    return this.runs;
  }

  /** What is remembered after the alarms of this moment have rung. */
  settle(): void {
    this.forget(({ untilMs }) => untilMs <= this.nowMs);
  }

  forget(over: (request: Remembered) => boolean): void {
    this.remembered = this.remembered.filter((request) => !over(request));
  }

  bytes(): number {
    const kept = this.remembered.filter((request) => request.kept);
    return kept.reduce((sum, { asked }) => sum + REPLY_OVERHEAD + asked, 0);
  }
}

interface Real {
  readonly world: World;
  readonly server: Awaited<ReturnType<typeof openServer>>;
  readonly peers: readonly RawPeer[];
}

/** Answers with the requested number of bytes. The first byte counts its runs. */
async function openServer(world: World) {
  let runs = 0;
  return world.endpoint({
    ...{ replayWindowMs: WINDOW_MS, maxReplies: MAX_REPLIES, maxReplyBytes: MAX_REPLY_BYTES },
    handlers: {
      fill: (_: unknown, bytes: number) => {
        runs += 1;
        return new Uint8Array(bytes).fill(runs, 0, 1);
      },
    },
  });
}

type Command = fc.AsyncCommand<Model, Real>;

const requests: fc.Arbitrary<Command> = fc
  .record({ peer: fc.nat(1), id: fc.nat(4), asked: fc.constantFrom(1, 1, 30, 100) })
  .map(({ peer, id, asked }) => ({
    check: () => true,
    run: async (model, { world, server, peers }) => {
      const raw = peers[peer]!;
      const before = raw.received.length;
      const transactionId = Buffer.alloc(20, id).toString('hex');
      raw.send(datagramOf(TYPE.request, transactionId, ['fill', [asked]]), server.address);
      await world.clock.advance(2);
      // The request arrives after 1 ms, and its answer after another 1 ms.
      model.nowMs += 1;
      const serial = model.request(`${peer} ${id}`, asked);
      model.nowMs += 1;
      const answers = raw.received.slice(before);
      const expected = serial === undefined ? [] : [serial];
      const got = answers.map(({ datagram }) => datagram[REPLY_OVERHEAD]);
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        throw new Error(`the answers were ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`);
      }
      compare(model, server.stats());
    },
    toString: () => `request(peer ${peer}, id ${id}, ${asked} bytes)`,
  }));

const pauses: fc.Arbitrary<Command> = fc.integer({ min: 1, max: 700 }).map((ms) => ({
  check: () => true,
  run: async (model, { world, server }) => {
    await world.clock.advance(ms);
    model.nowMs += ms;
    compare(model, server.stats());
  },
  toString: () => `pause(${ms} ms)`,
}));

function compare(
  model: Model,
  stats: { readonly rememberedNow: number; readonly forgottenEarly: number },
): void {
  model.settle();
  if (stats.rememberedNow !== model.remembered.length) {
    throw new Error(`remembers ${stats.rememberedNow}, not ${model.remembered.length}`);
  }
  if (stats.forgottenEarly !== model.forgottenEarly) {
    throw new Error(`forgot ${stats.forgottenEarly} early, not ${model.forgottenEarly}`);
  }
}

t.test('for any requests at any time, replies are remembered as in the model', async (t) => {
  const property = fc.asyncProperty(
    fc.commands([requests, requests, pauses], { maxCommands: 60 }),
    async (commands) => {
      const world = new World({ watched: false });
      const server = await openServer(world);
      const peers = [await world.raw(), await world.raw()];
      await fc.asyncModelRun(
        () => ({ model: new Model(), real: { world, server, peers } }),
        commands,
      );
      await world.clock.runUntil(server.close());
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 200 }));
});
