/**
 * Which frames are sent together, when, and what happens to them when their datagram does not get
 * through.
 */
import fc from 'fast-check';
import t from 'tap';
import type { Sender } from '../../src/engine/sender.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { Departures } from '../../src/peer/departures.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { Turn } from '../../src/time/turn.js';
import { typeOfByte } from '../../src/wire/frame-type.js';
import { OutboundFrame } from '../../src/wire/outbound-frame.js';
import { RestlessClock } from '../fixtures/restless-clock.js';
import { answerTo, bodyOf, framesIn, request, withHeaderMap } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld, type World } from '../fixtures/world.js';

const PEER = { host: '10.0.0.2', port: 2000 };
/** This many calls may be open, so that none has to wait. */
const ROOM = { initialWindow: 256, window: 256 };

/**
 * A client on a transport that only keeps what it gets, and its peer, which has answered a call.
 */
async function acquainted(
  world: World,
  { native = true, ...options }: EndpointOptions & { native?: boolean } = {},
) {
  const transport = new ScriptedTransport();
  const client = await world.endpoint({ ...ROOM, ...options, transport });
  const peer = client.peer(PEER);
  const hello = peer.call('hello');
  const [sent] = transport.sent.splice(0);
  sent!.done(null);
  const answer = answerTo(sent!.datagram, 'hello');
  receive(transport, native ? withHeaderMap(answer) : answer);
  await world.clock.runUntil(hello);
  await turnOver(world);
  return { transport, client, peer };
}

function receive({ receiver }: ScriptedTransport, datagram: Buffer): void {
  receiver?.datagramReceived(datagram, PEER.host, PEER.port);
}

/**
 * Ends the turn of the event loop. The next turn begins much later, compared with the time between
 * frames.
 */
const turnOver = (world: World): Promise<void> => world.clock.advance(1);

/**
 * The kernel takes what was sent since the last time. Returns the procedures of the requests in
 * each datagram; a cancel is `cancel`, and so on.
 */
function taken(transport: ScriptedTransport): string[][] {
  return transport.sent.splice(0).map(({ datagram, done }) => {
    done(null);
    return namesIn(datagram);
  });
}

function namesIn(datagram: Uint8Array): string[] {
  return framesIn(datagram).map((frame) => {
    const type = typeOfByte(frame[0]) ?? 'unknown';
    return type === 'request' ? (bodyOf(frame) as [string])[0] : type;
  });
}

t.test(
  'the first frame of a turn is sent at once and alone, the others together at its end',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    for (const name of ['a', 'b', 'c']) peer.call(name);
    t.strictSame(taken(transport), [['a']]);
    await turnOver(world);
    t.strictSame(taken(transport), [['b', 'c']]);
  }),
);

t.test(
  'after a turn with several frames even the first waits, and a frame that waits alone is not bundled',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    for (const name of ['a', 'b', 'c']) peer.call(name);
    await turnOver(world);
    t.strictSame(taken(transport), [['a'], ['b', 'c']]);
    for (const name of ['d', 'e']) peer.call(name);
    t.strictSame(taken(transport), []);
    await turnOver(world);
    t.strictSame(taken(transport), [['d', 'e']]);
    peer.call('f');
    t.strictSame(taken(transport), []);
    await turnOver(world);
    const [lone] = transport.sent;
    t.equal(typeOfByte(lone?.datagram[0]), 'request');
    t.strictSame(taken(transport), [['f']]);
    peer.call('g');
    t.strictSame(taken(transport), [['g']], 'the one before had no company any more');
  }),
);

t.test(
  'what is sent when depends on the turns, not on how fast the machine is',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    for (const name of ['a', 'b', 'c']) {
      peer.call(name);
      world.clock.stall(100);
    }
    t.strictSame(taken(transport), [['a']], 'one turn, of 300 ms');
    await turnOver(world);
    t.strictSame(taken(transport), [['b', 'c']]);

    peer.call('d');
    await turnOver(world);
    t.strictSame(taken(transport), [['d']], 'one alone, after a turn with several');
    for (const name of ['e', 'f', 'g']) {
      peer.call(name);
      t.strictSame(taken(transport), [[name]], 'a turn of a nanosecond');
      await world.clock.advance(1e-6);
    }
  }),
);

t.test(
  'a request that waited until its deadline is not sent, and what waits behind it is',
  inWorld(async (t, world) => {
    const options = { initialWindow: 3, window: 3, mailbox: 8 };
    const { transport, client, peer } = await acquainted(world, options);
    const first = peer.call('a');
    const [late, cancelled, queued] = ['b', 'c', 'd'].map((name) =>
      peer.call(name, [], { timeoutMs: name === 'd' ? 5_000 : 50 }),
    );
    cancelled!.cancel();
    world.clock.stall(50);
    await turnOver(world);
    t.strictSame(taken(transport), [['a'], ['cancel', 'd']]);
    const neverSent = { state: 'timedOut', verdict: 'neverSent', executed: 'no', attempts: 0 };
    t.match(await world.clock.runUntil(late!), neverSent);
    t.strictSame([first.state, queued!.state], ['awaiting', 'awaiting']);
    t.match(client.stats(), { inFlightNow: 2, queuedNow: 0, lingeringNow: 0 });
  }),
);

t.test(
  'a request that code held up waits for its answer from when it leaves',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    peer.call('a');
    const late = peer.call('b');
    let overdue = 0;
    late.on('call.overdue', () => (overdue += 1));
    // Longer than an answer usually takes.
    world.clock.stall(2_000);
    await turnOver(world);
    await turnOver(world);
    t.strictSame(taken(transport), [['a'], ['b'], ['a']], 'the other one is overdue');
    await world.clock.advance(2_500);
    t.ok(taken(transport).flat().includes('b'));
    t.equal(overdue, 1);
  }),
);

t.test(
  'a half full bundle that code held up is not sent after the deadline either',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world, { maxBundleBytes: 150 });
    const calls = ['a', 'b', 'c', 'd'].map((name) => peer.call(name, [], { timeoutMs: 50 }));
    world.clock.stall(50);
    await Promise.resolve();
    await turnOver(world);
    t.strictSame(taken(transport), [['a']]);
    for (const call of calls.slice(1)) {
      t.match(await world.clock.runUntil(call), { verdict: 'neverSent', executed: 'no' });
    }
  }),
);

t.test(
  'a clock that does not count turns is asked for their ends, and the rule is the same',
  inWorld(async (t, world) => {
    const clock = Object.assign(new RestlessClock(world.clock), { turnNumber: undefined });
    const { transport, peer } = await acquainted(world, { clock });
    for (const name of ['a', 'b', 'c']) peer.call(name);
    t.strictSame(taken(transport), [['a']]);
    await turnOver(world);
    t.strictSame(taken(transport), [['b', 'c']]);
    peer.call('d');
    t.strictSame(taken(transport), [], 'the last turn had several');
    await turnOver(world);
    taken(transport);
    for (const name of ['e', 'f']) {
      peer.call(name);
      t.strictSame(taken(transport), [[name]]);
      await turnOver(world);
    }
  }),
);

t.test(
  'each peer has its own bundles',
  inWorld(async (t, world) => {
    const { transport, client, peer } = await acquainted(world);
    const other = client.peer('10.0.0.3:2000');
    const hello = other.call('hello');
    receiveFrom(transport, '10.0.0.3', withHeaderMap(answerTo(transport.sent[0]!.datagram, 1)));
    await world.clock.runUntil(hello);
    await turnOver(world);
    transport.sent.length = 0;
    for (const name of ['a', 'b', 'c']) for (const one of [peer, other]) one.call(name);
    await turnOver(world);
    const byHost = transport.sent.map(
      ({ host, datagram }) => `${host} ${namesIn(datagram).join()}`,
    );
    t.strictSame(byHost, ['10.0.0.2 a', '10.0.0.3 a', '10.0.0.2 b,c', '10.0.0.3 b,c']);
  }),
);

function receiveFrom({ receiver }: ScriptedTransport, host: string, datagram: Buffer): void {
  receiver?.datagramReceived(datagram, host, 2000);
}

t.test('no bundle is longer than allowed, and none is shorter than necessary', async () => {
  const plan = fc.record({
    maxBundleBytes: fc.integer({ min: 0, max: 2_000 }),
    lengths: fc.array(
      fc.oneof(fc.integer({ min: 22, max: 60 }), fc.integer({ min: 22, max: 2_100 })),
      { maxLength: 60 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ maxBundleBytes, lengths }) => {
      const problems = problemsOf(await sentBy(maxBundleBytes, lengths), lengths, maxBundleBytes);
      if (problems.length > 0) throw new Error(problems.join('; '));
    }),
    { numRuns: 1_000 },
  );
});

/** What is sent for frames of these lengths in one turn, each with its number as its id. */
async function sentBy(maxBundleBytes: number, lengths: readonly number[]): Promise<Buffer[]> {
  const clock = new SimulatedClock();
  const sent: Buffer[] = [];
  const sender = {
    send: (frame: OutboundFrame) => sent.push(frame.toDatagram()),
    sendBundle: (bundle: Buffer) => sent.push(bundle),
  } as unknown as Sender;
  const departures = new Departures({ clock, sender }, new Turn(clock), maxBundleBytes, PEER);
  for (const [number, length] of lengths.entries()) {
    const id = number.toString(16).padStart(40, '0');
    departures.send(new OutboundFrame('response', id, 'x'.repeat(length - 21)));
  }
  await clock.advance(0);
  return sent;
}

/** The head of a bundle, and each frame after a length field. */
const bytesOf = (lengths: readonly number[]): number =>
  24 + lengths.reduce((sum, length) => sum + length + (length > 255 ? 3 : 2), 0);

function problemsOf(
  sent: readonly Buffer[],
  lengths: readonly number[],
  maxBundleBytes: number,
): string[] {
  const problems: string[] = [];
  const numberOf = (frame: Buffer): number => frame.readUIntBE(15, 6);
  const fits = (length: number): boolean => bytesOf([length]) <= maxBundleBytes;
  const isLong = (frames: readonly Buffer[]): boolean => frames.some(({ length }) => !fits(length));
  const datagrams = sent.map((datagram) => ({ datagram, frames: framesIn(datagram) }));
  for (const { datagram, frames } of datagrams) {
    if (typeOfByte(datagram[0]) !== 'bundle') continue;
    if (datagram.length > maxBundleBytes) problems.push(`a bundle of ${datagram.length} bytes`);
    if (frames.length < 2) problems.push('a bundle of one');
  }
  const numbers = (found: typeof datagrams) => found.flatMap(({ frames }) => frames.map(numberOf));
  const short = datagrams.filter(({ frames }) => !isLong(frames));
  const long = datagrams.filter(({ frames }) => isLong(frames));
  const expected = lengths.map((length, number) => [number, fits(length)] as const);
  for (const [found, wanted] of [
    [short, true],
    [long, false],
  ] as const) {
    const inOrder = expected.filter(([, fitting]) => fitting === wanted).map(([number]) => number);
    if (numbers(found).join() !== inOrder.join()) problems.push('not each frame once, in order');
  }
  // The first frame was sent alone, as the first one of a turn is.
  for (const [index, { frames }] of short.entries()) {
    const next = short[index + 1]?.frames[0];
    if (index === 0 || next === undefined) continue;
    const together = [...frames, next].map(({ length }) => length);
    if (bytesOf(together) <= maxBundleBytes) problems.push('a bundle had room for one more');
  }
  return problems;
}

t.test(
  'with a limit of 0 nothing is bundled, but the frames of a turn are still sent together',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world, { maxBundleBytes: 0 });
    for (const name of ['a', 'b', 'c']) peer.call(name);
    t.strictSame(taken(transport), [['a']]);
    await turnOver(world);
    t.strictSame(taken(transport), [['b'], ['c']]);
    peer.call('d');
    t.strictSame(taken(transport), [], 'the last turn had several');
    await turnOver(world);
    t.strictSame(taken(transport), [['d']]);
    peer.call('e');
    t.strictSame(taken(transport), [['e']]);
  }),
);

t.test(
  'a frame too long for a bundle is sent before it, and does not keep others from being bundled',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    peer.call('a');
    peer.call('b');
    peer.call('long', ['x'.repeat(1_200)]).cancel();
    peer.call('c');
    t.strictSame(taken(transport), [['a']]);
    await turnOver(world);
    t.strictSame(taken(transport), [['long'], ['b', 'cancel', 'c']]);
  }),
);

t.test(
  'what waits for the end of the turn is bounded: 256 frames, and what one datagram can hold',
  inWorld(async (t, world) => {
    for (const [length, bound] of [
      [1, 256],
      [8_000, 8],
    ] as const) {
      const { transport, peer } = await acquainted(world, {
        maxBundleBytes: 0,
        initialWindow: 512,
        window: 512,
      });
      const text = 'x'.repeat(length);
      const call = () => peer.call('a', [text]);
      for (let count = 0; count < 1 + bound; count += 1) call();
      t.equal(taken(transport).length, 1, 'the first');
      call();
      t.equal(taken(transport).length, bound);
      await turnOver(world);
      t.equal(taken(transport).length, 1);
    }
  }),
);

t.test(
  'a listener to a failed send may call again, and each frame is sent once',
  inWorld(async (t, world) => {
    for (const maxBundleBytes of [0, 1_200]) {
      const { transport, peer } = await acquainted(world, { maxBundleBytes });
      const names: string[] = [];
      transport.send = (datagram, _host, _port, done) => {
        names.push(...namesIn(Buffer.from(datagram)));
        done(new Error('no route'));
      };
      peer.on('call.unsent', ({ procedure }) => {
        if (!procedure.endsWith('again')) peer.call(`${procedure} again`);
      });
      for (const name of ['a', 'b', 'c']) peer.call(name);
      peer.call('long', ['x'.repeat(1_200)]);
      await turnOver(world);
      await turnOver(world);
      const each = ['a', 'b', 'c', 'long'].flatMap((name) => [name, `${name} again`]);
      t.strictSame([...names].sort(), each.sort());
    }
  }),
);

t.test(
  'a peer that has not answered, or answered as an old one, gets each request alone',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ ...ROOM, transport });
    const stranger = client.peer('10.0.0.4:2000');
    for (const name of ['a', 'b', 'c']) stranger.call(name);
    t.strictSame(taken(transport), [['a'], ['b'], ['c']]);

    const old = await acquainted(world, { native: false });
    for (const name of ['a', 'b', 'c']) old.peer.call(name).cancel();
    t.strictSame(taken(old.transport), [['a'], ['b'], ['c']], 'and no cancels');
    await turnOver(world);
    t.strictSame([...taken(transport), ...taken(old.transport)], []);
  }),
);

t.test(
  'a peer whose request is that of an rpcudp endpoint has not proved that it reads bundled calls',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ ...ROOM, transport });
    const peer = client.peer(PEER);
    receive(transport, withHeaderMap(request(1, 'whatever')));
    await turnOver(world);
    t.equal(taken(transport).length, 1, 'it was answered');
    for (const name of ['a', 'b']) peer.call(name);
    t.strictSame(taken(transport), [['a'], ['b']], 'its source can be forged');
  }),
);

t.test(
  'a peer that answered nothing in time gets each request alone, until it is heard again',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world, { attempts: 1, timeoutMs: 1_000 });
    const unheard = peer.call('unheard');
    taken(transport);
    await world.clock.runUntil(unheard);
    t.equal(peer.health, 'suspect');
    const calls = ['a', 'b', 'c'].map((name) => peer.call(name));
    t.equal(transport.sent.length, 3);
    receive(transport, withHeaderMap(answerTo(transport.sent[1]!.datagram, 'b')));
    await world.clock.runUntil(calls[1]!);
    await turnOver(world);
    taken(transport);
    for (const name of ['d', 'e', 'f']) peer.call(name);
    await turnOver(world);
    t.strictSame(taken(transport), [['d'], ['e', 'f']]);
  }),
);

t.test(
  'cancels are bundled with requests, and come after their own',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    peer.call('a');
    peer.call('b').cancel();
    peer.call('c');
    await turnOver(world);
    t.strictSame(taken(transport), [['a'], ['b', 'cancel', 'c']]);
  }),
);

t.test(
  'a repeated request is sent alone, whatever else is sent',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    for (const name of ['a', 'b', 'c', 'd']) peer.call(name);
    await turnOver(world);
    t.strictSame(taken(transport), [['a'], ['b', 'c', 'd']]);
    // All calls are overdue at once.
    world.clock.stall(3_000);
    await turnOver(world);
    const repeated = taken(transport);
    t.equal(repeated.length, 4);
    t.strictSame([...new Set(repeated.map(String))].sort(), ['a', 'b', 'c', 'd']);
    t.ok(repeated.every(({ length }) => length === 1));
  }),
);

t.test(
  'when the kernel refuses a bundle, each of its calls is unsent, and it counts as one datagram',
  inWorld(async (t, world) => {
    for (const code of ['EMSGSIZE', 'ENETUNREACH']) {
      const { transport, client, peer } = await acquainted(world);
      const before = client.stats();
      const [first, ...others] = ['a', 'b', 'c', 'd'].map((name) => peer.call(name));
      await turnOver(world);
      const [alone, bundle] = transport.sent;
      alone!.done(null);
      bundle!.done(Object.assign(new Error(`send ${code}`), { code }));
      for (const call of others) {
        const outcome = { state: 'unsent', attempts: 0, executed: 'no', error: { code } };
        t.match(await world.clock.runUntil(call), outcome);
      }
      t.equal(first?.state, 'awaiting');
      const { attempted, framesAttempted, sent, refused, refusedBy } = client.stats();
      t.equal(attempted - before.attempted, 2);
      t.equal(framesAttempted - before.framesAttempted, 4);
      t.equal(sent - before.sent, 1);
      t.equal(refused, 1);
      t.strictSame(refusedBy, { [code]: 1 });
    }
  }),
);

t.test(
  'calls of a bundle are awaiting after the kernel took it, not before',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    const calls = ['a', 'b', 'c'].map((name) => peer.call(name));
    await turnOver(world);
    t.strictSame(
      calls.map(({ state }) => state),
      ['sent', 'sent', 'sent'],
    );
    transport.sent[1]!.done(null);
    t.strictSame(
      calls.map(({ state }) => state),
      ['sent', 'awaiting', 'awaiting'],
    );
  }),
);

t.test(
  'replies of one turn are bundled for peers whose requests had a header map',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const releases: (() => void)[] = [];
    await world.endpoint({
      transport,
      handlers: {
        echo: (_, value: unknown) => value,
        hold: () => new Promise<void>((resolve) => releases.push(resolve)),
      },
    });
    for (const id of [1, 2, 3]) receive(transport, withHeaderMap(request(id, 'hold')));
    for (const id of [4, 5]) receive(transport, request(id, 'hold'));
    t.strictSame(taken(transport), []);
    for (const release of releases) release();
    await turnOver(world);
    const response = 'response';
    // Three are sent alone: the first reply of the turn, and both replies to the old peer.
    t.strictSame(taken(transport), [[response], [response], [response], [response, response]]);

    receive(transport, withHeaderMap(request(6, 'hold')));
    for (const id of [6, 6]) receive(transport, withHeaderMap(request(id, 'hold')));
    receive(transport, withHeaderMap(request(7, 'missing')));
    receive(transport, withHeaderMap(request(8, 'echo', 1)));
    await turnOver(world);
    // What answers a repetition is sent alone.
    t.strictSame(taken(transport), [['working'], ['working'], ['error', response]]);
    releases.at(-1)?.();
  }),
);

t.test(
  'what waits for the end of the turn is sent before its endpoint closes',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: { forever: () => new Promise<never>(() => undefined) },
      closeGraceMs: 0,
    });
    const client = await world.endpoint(ROOM);
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('missing'));
    const calls = Array.from({ length: 6 }, () => peer.call('forever'));
    await world.settle();
    t.equal(server.stats().runningNow, 6);
    await world.clock.runUntil(server.close());
    for (const call of calls) {
      t.match(await world.clock.runUntil(call), {
        state: 'rejected',
        error: { code: 'handlerFailed' },
      });
    }
  }),
);

t.test(
  'an endpoint that closes cancels all its calls',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: { forever: () => new Promise<never>(() => undefined) },
    });
    const client = await world.endpoint(ROOM);
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('missing'));
    for (let count = 0; count < 6; count++) peer.call('forever');
    await world.settle();
    await world.clock.runUntil(client.close());
    await world.settle();
    t.match(server.stats(), { fates: { 'cancel.delivered': 6 } });
    const { attempted, framesAttempted } = client.stats();
    t.ok(framesAttempted > attempted, 'in bundles');
  }),
);

/** A client that knows a peer as an rpcudp endpoint, and the old peer that took its place. */
async function replaced(world: World, options: EndpointOptions = {}) {
  const raw = await world.raw();
  raw.native = true;
  const client = await world.endpoint({ ...ROOM, ...options });
  const peer = client.peer(raw.address);
  const hello = peer.call('hello');
  await world.settle();
  raw.answer(0, 'hello');
  await world.clock.runUntil(hello);
  // So that the next frames have company, and none is sent at once.
  const more = ['hello', 'hello', 'hello'].map((name) => peer.call(name));
  await world.settle();
  for (const index of [1, 2, 3]) raw.answer(index, 'hello');
  for (const call of more) await world.clock.runUntil(call);
  await turnOver(world);
  raw.native = false;
  raw.readsBundles = false;
  raw.received.length = 0;
  raw.bundles = 0;
  return { raw, client, peer };
}

/** From now on the old peer answers everything that reaches it. */
function answering(raw: RawPeer): void {
  const receive = raw.datagramReceived.bind(raw);
  raw.datagramReceived = (datagram, host, port) => {
    const known = raw.received.length;
    receive(datagram, host, port);
    for (let index = known; index < raw.received.length; index++) raw.answer(index, 'old');
  };
}

t.test(
  'calls that were bundled for a peer that restarted as an old one are answered all the same',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await replaced(world);
    answering(raw);
    const calls = ['a', 'b', 'c', 'd'].map((name) => peer.call(name));
    for (const call of calls) {
      t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'old' });
    }
    t.equal(raw.bundles, 1, 'one bundle in vain');
    const more = ['e', 'f', 'g'].map((name) => peer.call(name));
    for (const call of more) {
      t.match(await world.clock.runUntil(call), { state: 'resolved', attempts: 1 });
    }
    t.equal(raw.bundles, 1, 'it is known by now');
    t.match(client.stats(), { outcomes: { resolved: 11 } });
  }),
);

t.test(
  'if each call is sent only once, those of one turn are lost, and no others',
  inWorld(async (t, world) => {
    const { raw, peer } = await replaced(world, { attempts: 1, timeoutMs: 1_000 });
    answering(raw);
    const bundled = ['a', 'b', 'c'].map((name) => peer.call(name));
    for (const call of bundled) await world.clock.runUntil(call);
    t.strictSame(
      bundled.map((call) => call.getSnapshot().context.outcome?.state),
      ['timedOut', 'timedOut', 'timedOut'],
    );
    t.not(peer.health, 'responsive');
    const more = ['d', 'e', 'f'].map((name) => peer.call(name));
    for (const call of more) t.match(await world.clock.runUntil(call), { state: 'resolved' });
  }),
);

t.test(
  'a cancel does not overtake its request, whatever happened to the peer in the same turn',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    peer.call('other', [], { timeoutMs: 20 });
    await turnOver(world);
    taken(transport);
    await world.clock.advance(18);
    const calls = ['a', 'victim'].map((name) => peer.call(name));
    await world.clock.advance(0.5);
    t.ok(calls.every(({ state }) => state !== 'cancelled'));
    calls[1]?.cancel();
    await turnOver(world);
    const names = taken(transport).flat();
    t.ok(names.indexOf('victim') < names.indexOf('cancel'), names.join());
  }),
);

t.test(
  'a peer that asks as an old one gets no bundles until it answers as an rpcudp endpoint',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world);
    receive(transport, request(1, 'unknown'));
    for (const name of ['a', 'b', 'c']) peer.call(name);
    const sent = [...transport.sent];
    t.strictSame(taken(transport), [['a'], ['b'], ['c']]);
    receive(transport, withHeaderMap(answerTo(sent[0]!.datagram, 1)));
    await turnOver(world);
    for (const name of ['d', 'e', 'f']) peer.call(name);
    await turnOver(world);
    t.strictSame(taken(transport), [['d'], ['e', 'f']]);
  }),
);

t.test(
  'a listener that calls again while a bundle is refused makes no bundle longer than allowed',
  inWorld(async (t, world) => {
    const { transport, peer } = await acquainted(world, { maxBundleBytes: 200 });
    peer.on('call.unsent', () => {
      for (const name of ['again', 'and again']) if (peer.inFlight < 60) peer.call(name);
    });
    const send = transport.send.bind(transport);
    let refusals = 6;
    transport.send = (datagram, host, port, done) => {
      send(datagram, host, port, () => undefined);
      if (refusals-- > 0) done(new Error('no buffer space'));
    };
    for (let index = 0; index < 20; index++) peer.call(`call ${index}`);
    await turnOver(world);
    const lengths = transport.sent.map(({ datagram }) => datagram.length);
    t.ok(Math.max(...lengths) <= 200, lengths.join());
  }),
);
