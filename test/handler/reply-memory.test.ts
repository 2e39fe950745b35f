import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import type { Endpoint } from '../../src/api/endpoint.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { fail } from '../../src/api/procedure-error.js';
import { collectGarbage } from '../fixtures/garbage.js';
import { HostileEndpoint } from '../fixtures/hostile-endpoint.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { bodyOf, frame, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { schemaGiving } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server that counts its runs and answers with the requested number of bytes. */
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
  'each request is forgotten at its own time',
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
  'above their number the oldest are forgotten',
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
  'above their bytes the oldest replies are released, but their requests are still not run again',
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
  'without memory every copy runs',
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
  'without memory every copy runs, even if another request of the same peer runs all the time',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({
      maxReplies: 0,
      closeGraceMs: 0,
      handlers: { count: () => (runs += 1), hold: () => new Promise(() => undefined) },
    });
    const raw = await world.raw();
    raw.send(request(1, 'hold'), server.address);
    for (const copy of [2, 2, 2]) {
      raw.send(request(copy, 'count'), server.address);
      await world.settle();
    }
    t.equal(runs, 3);
    t.match(server.stats(), { runningNow: 1, fates: { 'request.run': 4 } });
  }),
);

t.test(
  'a request outlives its peer, and is counted when its memory is needed',
  inWorld(async (t, world) => {
    const { server, ask } = await counting(world, { maxPeers: 1, maxReplies: 1 });
    await ask(1);
    const other = await world.raw();
    server.peer(other.address);
    t.equal(server.stats().forgottenEarly, 0, 'only its peer made room');
    other.send(request(2, 'fill', 0), server.address);
    await world.settle();
    t.match(server.stats(), { forgottenEarly: 1, fates: { 'request.run': 2 } });
  }),
);

const MIB = 2 ** 20;

t.test(
  'the space of forgotten requests is free again, to the last byte',
  { timeout: 60_000 },
  async (t) => {
    const length = 40;
    const handlers = {
      succeeds: () => 'x'.repeat(length),
      fails: () => fail('mine', 'x'.repeat(length)),
    };
    const kinds = [
      ['succeeds', true],
      ['succeeds', false],
      ['fails', true],
    ] as const;
    for (const [procedure, native] of kinds) {
      await t.test(
        `${procedure}, asked by ${native ? 'an rpcudp endpoint' : 'an old peer'}`,
        inWorld(async (t, world) => {
          const ask = async (id: number, server: Endpoint, raw: RawPeer): Promise<void> => {
            const bytes = request(id, procedure);
            raw.send(native ? withHeaderMap(bytes) : bytes, server.address);
            await world.settle();
          };
          const probe = await world.raw();
          await ask(1, await world.endpoint({ handlers }), probe);
          const replyBytes = probe.received[0]!.datagram.length;
          const options = { maxReplyBytes: 4 * replyBytes - 1, maxReplies: 7, handlers };
          const server = (await world.endpoint(options)) as unknown as Endpoint;
          const raw = await world.raw();
          for (let id = 0; id < 100; id++) await ask(id, server, raw);
          t.match(server.stats(), { rememberedNow: 7, fates: { 'request.run': 100 } });
          for (let id = 93; id < 100; id++) await ask(id, server, raw);
          t.match(server.stats().fates, { 'request.replayed': 3, 'request.duplicate': 4 });
          await world.clock.advance(30_000);
          t.equal(server.stats().rememberedNow, 0);
          for (let id = 0; id < 4; id++) await ask(id, server, raw);
          for (let id = 0; id < 4; id++) await ask(id, server, raw);
          t.match(server.stats().fates, { 'request.replayed': 6, 'request.duplicate': 5 });
        }),
      );
    }
  },
);

t.test(
  'each request gets its own reply again, however many there are and in any order',
  inWorld(
    async (t, world) => {
      const count = 250;
      const server = await world.endpoint({
        handlers: { fill: (_, id: number) => new Uint8Array((id * 7) % 300).fill(id) },
      });
      // There is no limit on bytes to an address of this machine.
      const raws = [await world.raw('127.0.0.1', 1), await world.raw('127.0.0.1', 2)];
      const bytesOf = (id: number): Buffer => withHeaderMap(request(id, 'fill', id));
      const ask = async (ids: readonly number[]): Promise<Map<string, string>> => {
        const replies = new Map<string, string>();
        for (const [index, raw] of raws.entries()) {
          raw.received.length = 0;
          for (const id of ids) raw.send(bytesOf(id), server.address);
          await world.settle();
          for (const { datagram } of raw.received) {
            replies.set(`${index} ${datagram[1]}`, datagram.toString('hex'));
          }
        }
        return replies;
      };
      const ids = Array.from({ length: count }, (_, id) => id);
      const first = await ask(ids);
      t.equal(first.size, 2 * count);
      const again = await ask([...ids].sort((a, b) => ((a * 37) % 251) - ((b * 37) % 251)));
      t.equal(again.size, 2 * count);
      const changed = [...again].filter(([key, datagram]) => datagram !== first.get(key));
      t.strictSame(changed, []);
      t.match(server.stats().fates, {
        'request.run': 2 * count,
        'request.replayed': 2 * count,
      });
    },
    { watched: false },
  ),
);

t.test(
  'an rpcudp endpoint is told that a reply was released, an old peer is not',
  inWorld(async (t, world) => {
    const { server, raw, ask, state } = await counting(world, { maxReplyBytes: 1_000 });
    const native = await world.raw();
    const askNative = async (id: number, bytes: number): Promise<void> => {
      native.send(withHeaderMap(request(id, 'fill', bytes)), server.address);
      await world.settle();
    };
    await askNative(1, 600);
    await ask(1, 600);
    await askNative(1, 600);
    t.strictSame(native.types, ['response', 'error']);
    t.strictSame(bodyOf(native.received[1]!.datagram), [
      'replyForgotten',
      'The procedure was run, but its reply is not remembered any more',
    ]);
    await askNative(2, 600);
    await ask(1, 600);
    t.strictSame(raw.types, ['response']);
    t.equal(state.runs, 3);
    t.match(server.stats(), {
      fates: { 'request.duplicate': 2, 'request.replayed': 0 },
      requests: { duplicate: 2 },
      rememberedNow: 3,
    });
  }),
);

t.test(
  'the report of a repetition has what is known of the request',
  inWorld(async (t, world) => {
    const { server, ask } = await counting(world, { maxReplyBytes: 200 });
    const reports: unknown[] = [];
    server.on('request.settled', (report) => reports.push(report));
    await ask(1, 100);
    await ask(1, 100);
    await ask(2, 100);
    await ask(1, 100);
    const known = {
      type: 'request.settled',
      procedure: 'fill',
      peer: '10.0.0.2:2000',
      transactionId: '01'.repeat(20),
      durationMs: 0,
      replyBytes: 123,
    };
    t.match(reports[0], { ...known, ending: 'replied' });
    t.match(reports[1], { ...known, ending: 'replayed' });
    t.match(reports[3], { ...known, ending: 'duplicate' });
  }),
);

t.test(
  'a refusal whose bytes were released is sent with its code only, and its request is not run',
  inWorld(
    async (t, world) => {
      let runs = 0;
      let end = (): void => undefined;
      const issues = Array.from({ length: 8 }, () => ({ message: '\u4e00'.repeat(250) }));
      const server = await world.endpoint({
        maxRunningHandlers: 1,
        contract: defineContract({ picky: { args: schemaGiving({ issues }) }, hold: {} }),
        handlers: {
          picky: () => (runs += 1),
          hold: () => new Promise<void>((resolve) => (end = resolve)),
        },
      });
      const raw = await world.raw('127.0.0.1');
      const ask = async (id: number, rest = 0): Promise<Buffer> => {
        const datagram = withHeaderMap(request(rest, 'picky'));
        datagram.writeUInt32BE(id, 1);
        raw.received.length = 0;
        raw.send(datagram, server.address);
        await world.settle();
        t.equal(raw.received.length, 1);
        return raw.received[0]!.datagram;
      };
      raw.send(withHeaderMap(request(1, 'hold')), server.address);
      await world.settle();
      const busy = await ask(0, 2);
      t.match(bodyOf(busy), ['overloaded', /maxRunningHandlers/, {}]);
      end();
      await world.settle();
      const first = await ask(0);
      const most = Math.floor((4 * MIB - busy.length) / first.length);
      t.ok(most < 1_000, `${most} of ${first.length} bytes fit 4 MiB`);
      for (let id = 1; id < most; id++) await ask(id);
      t.ok((await ask(0, 2)).equals(busy), 'all fit');
      t.ok((await ask(0)).equals(first), 'all fit');
      await ask(most);
      await ask(most + 1);
      t.strictSame(bodyOf(await ask(0, 2)), ['overloaded', 'The request was refused before']);
      t.strictSame(bodyOf(await ask(0)), ['invalidArguments', 'The request was refused before']);
      t.match(bodyOf(await ask(most)), ['invalidArguments', /^The arguments of "picky"/, []]);
      t.equal(runs, 0);
      t.match(server.stats(), {
        rememberedNow: 1 + 1 + most + 2,
        fates: { 'request.run': 1, 'request.duplicate': 2, 'request.replayed': 3 },
        requests: { overloaded: 1, invalidArguments: most + 2 },
      });
    },
    { watched: false },
  ),
);

t.test(
  'a cancel of a request that has ended or was refused is too late',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      maxReplyBytes: 100,
      handlers: {
        succeeds: () => 1,
        fails: () => fail('mine', 'message'),
        large: () => 'x'.repeat(1_000),
      },
    });
    const raw = await world.raw();
    const procedures = ['succeeds', 'fails', 'large', 'none'];
    for (const [id, procedure] of procedures.entries()) {
      raw.send(withHeaderMap(request(id, procedure)), server.address);
      await world.settle();
      raw.send(withHeaderMap(frame('cancel', Buffer.alloc(20, id), null)), server.address);
      await world.settle();
    }
    t.match(server.stats(), {
      fates: { 'cancel.orphan': 4, 'cancel.delivered': 0 },
      requests: { cancelled: 0, replied: 2, failed: 1 },
    });
    t.strictSame(raw.types, ['response', 'error', 'response', 'error'], 'one answer each');
  }),
);

t.test('a request that arrives again while its procedure is being called', async (t) => {
  const PEER = ['10.0.0.2', 2000] as const;
  const OTHER = ['10.0.0.3', 2000] as const;
  const native = (id: number, procedure: string, ...args: unknown[]): Buffer =>
    withHeaderMap(request(id, procedure, ...args));

  /** An endpoint whose procedures at once do what the test says, and the arguments of all runs. */
  async function reentrant(
    t: Parameters<typeof HostileEndpoint.in>[0],
    act: (hostile: HostileEndpoint, depth: number, scope: HandlerScope) => unknown,
  ) {
    const runs: number[] = [];
    const act1 = (scope: HandlerScope, value: number): unknown => {
      runs.push(value);
      return act(hostile, runs.length, scope);
    };
    const hostile: HostileEndpoint = await HostileEndpoint.in(t, { handlers: { act: act1 } });
    const types = (): number[] => hostile.sent.map(({ datagram }) => datagram[0]!);
    return { hostile, runs, types };
  }

  t.test('is not run again, and its sender is told if it understands that', async (t) => {
    for (const isNative of [true, false]) {
      const bytes = isNative ? native(1, 'act', 7) : request(1, 'act', 7);
      const { hostile, runs, types } = await reentrant(t, (self, depth) => {
        if (depth < 4) self.receiveFrames(bytes, ...PEER);
        return depth;
      });
      hostile.receiveFrames(bytes, ...PEER);
      t.strictSame(runs, [7]);
      t.strictSame(types(), isNative ? [0x05, 0x01] : [0x01]);
      t.match(hostile.endpoint.stats(), {
        runningNow: 0,
        fates: { 'request.run': 1, 'request.duplicate': 1 },
      });
      hostile.receiveFrames(bytes, ...PEER);
      t.match(hostile.endpoint.stats().fates, { 'request.run': 1, 'request.replayed': 1 });
    }
  });

  t.test('is not run again either while another procedure is called inside it', async (t) => {
    const [outer, inner] = [native(1, 'act', 1), native(2, 'act', 2)];
    const { hostile, runs } = await reentrant(t, (self, depth) => {
      if (depth > 4) throw new Error('it goes on and on');
      self.receiveFrames(outer, ...PEER);
      self.receiveFrames(inner, ...PEER);
      self.receiveFrames(outer, ...PEER);
      return depth;
    });
    hostile.receiveFrames(outer, ...PEER);
    t.strictSame(runs, [1, 2]);
    t.match(hostile.endpoint.stats(), {
      runningNow: 0,
      rememberedNow: 2,
      // The outer request is repeated twice. In between runs the inner one, which is repeated too.
      fates: { 'request.run': 2, 'request.duplicate': 5, 'request.replayed': 0 },
    });
  });

  t.test(
    'is another request if it comes from another address, and a conflict if its body differs',
    async (t) => {
      const { hostile, runs } = await reentrant(t, (self, depth) => {
        if (depth > 4) throw new Error('it goes on and on');
        if (depth === 1) self.receiveFrames(native(2, 'act', 2), ...OTHER);
        // Now a request of the other peer runs too.
        if (depth === 2) self.receiveFrames(native(1, 'act', 3), ...OTHER);
        if (depth === 3) self.receiveFrames(native(1, 'act', 4), ...PEER);
        return depth;
      });
      hostile.receiveFrames(native(1, 'act', 1), ...PEER);
      t.strictSame(runs, [1, 2, 3]);
      t.match(hostile.endpoint.stats().fates, { 'request.run': 3, 'request.conflict': 1 });
    },
  );

  t.test('can be cancelled', async (t) => {
    const { hostile } = await reentrant(t, (self, _depth, { signal }) => {
      self.receiveFrames(withHeaderMap(frame('cancel', Buffer.alloc(20, 1), null)), ...OTHER);
      if (signal.aborted) throw new Error('by another');
      self.receiveFrames(withHeaderMap(frame('cancel', Buffer.alloc(20, 1), null)), ...PEER);
      return signal.aborted;
    });
    hostile.receiveFrames(native(1, 'act', 1), ...PEER);
    t.equal(hostile.sent.length, 0);
    t.match(hostile.endpoint.stats(), {
      fates: { 'cancel.delivered': 1, 'cancel.orphan': 1 },
      requests: { cancelled: 1, replied: 0 },
    });
  });

  t.test('cannot be cancelled after it is answered', async (t) => {
    const signals: AbortSignal[] = [];
    const { hostile } = await reentrant(t, (_self, depth, { signal }) => {
      signals.push(signal);
      // The first procedure does not end, so that there is something to find.
      return depth === 1 ? new Promise(() => undefined) : 'done';
    });
    hostile.endpoint.on('request.settled', ({ ending }) => {
      if (ending !== 'replied') return;
      hostile.receiveFrames(frame('cancel', Buffer.alloc(20, 2), null), ...PEER);
    });
    hostile.receiveFrames(native(1, 'act', 1), ...PEER);
    hostile.receiveFrames(native(2, 'act', 2), ...PEER);
    t.match(hostile.endpoint.stats(), {
      runningNow: 1,
      fates: { 'cancel.delivered': 0, 'cancel.orphan': 1 },
      requests: { replied: 1, cancelled: 0 },
    });
    t.strictSame(
      signals.map(({ aborted }) => aborted),
      [false, false],
    );
  });

  t.test('is found, whether the procedure then throws or waits', async (t) => {
    const bytes = native(1, 'act', 1);
    const waiting: (() => void)[] = [];
    const acts: readonly (() => unknown)[] = [
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
      () => new Promise<void>((resolve) => waiting.push(resolve)),
    ];
    for (const act of acts) {
      const { hostile, runs } = await reentrant(t, (self, depth) => {
        if (depth < 4) self.receiveFrames(bytes, ...PEER);
        return act();
      });
      hostile.receiveFrames(bytes, ...PEER);
      // No procedure is being called any more, so the same id from another address is another
      // request.
      hostile.receiveFrames(native(1, 'act', 1), ...OTHER);
      t.strictSame(runs, [1, 1]);
      hostile.receiveFrames(bytes, ...PEER);
      for (const finish of waiting) finish();
      await hostile.clock.advance(0);
      hostile.receiveFrames(bytes, ...PEER);
      t.strictSame(runs, [1, 1]);
      t.equal(hostile.endpoint.stats().runningNow, 0);
      hostile.errors.length = 0;
    }
  });

  t.test('is found while it is answered, or while its end is reported', async (t) => {
    const bytes = native(1, 'act', 1);
    const { hostile, runs } = await reentrant(t, () => 'done');
    let left = 3;
    hostile.endpoint.on('request.settled', () => {
      left -= 1;
      if (left > 0) hostile.receiveFrames(bytes, ...PEER);
    });
    hostile.receiveFrames(bytes, ...PEER);
    t.strictSame(runs, [1]);
    t.match(hostile.endpoint.stats().fates, { 'request.run': 1, 'request.replayed': 2 });
  });
});

/** How many bytes the memory takes outside of JavaScript objects, after a garbage collection. */
async function bytesInUse(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

t.test(
  'memory for replies is allocated when it is needed, however high the limit is',
  inWorld(async (t, world) => {
    const most = 2 ** 31 - 1;
    const before = await bytesInUse();
    const { server, ask, state } = await counting(world, {
      maxReplies: most,
      maxReplyBytes: most,
      maxRunningHandlers: most,
      maxRunningPerPeer: most,
    });
    for (const id of [1, 2, 3, 1, 2, 3]) await ask(id, 1_000);
    const grown = (await bytesInUse()) - before;
    t.ok(grown < MIB, `${grown} bytes`);
    t.equal(state.runs, 3);
    t.match(server.stats(), { rememberedNow: 3, fates: { 'request.replayed': 3 } });
  }),
);

t.test(
  'forgotten requests and released replies take no memory',
  inWorld(
    async (t, world) => {
      for (const options of [{ maxReplies: 7 }, { maxReplyBytes: 70_000 }]) {
        const before = await bytesInUse();
        const { server, raw, ask } = await counting(world, options);
        for (let id = 0; id < 250; id++) {
          await ask(id, 10_000);
          raw.received.length = 0;
        }
        const grown = (await bytesInUse()) - before;
        t.ok(grown < MIB, `${grown} bytes`);
        t.equal(server.stats().fates['request.run'], 250);
      }
    },
    { watched: false },
  ),
);
