/** Headers: what a call carries beside its arguments, who gets it, and who must not. */
import t from 'tap';
import type { CallOptions } from '../../src/api/call-options.js';
import { OldPeerError } from '../../src/api/old-peer-error.js';
import { fail } from '../../src/api/procedure-error.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { defineContract } from '../../src/contract/contract.js';
import { challengeHeaderMap } from '../../src/wire/header-map.js';
import type { CallHeaders } from '../../src/wire/headers.js';
import { bodyOf, frame, headerMapOf, idOf, withHeaderMap } from '../fixtures/raw-peer.js';
import { schemaGiving } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

const TOKEN = { token: 'abc', key: Uint8Array.of(0, 255) };

/** A server that keeps the headers that it got. */
async function server(world: World) {
  const got: CallHeaders[] = [];
  const note = ({ headers }: HandlerScope) => {
    got.push(headers);
    return 'noted';
  };
  return { got, endpoint: await world.endpoint({ handlers: { note, hello: () => 'hello' } }) };
}

/** A client of a raw peer, whose kind is not known until it answers something. */
async function stranger(world: World, options: CallOptions = {}) {
  const raw = await world.raw();
  const client = await world.endpoint({ timeoutMs: 4_000 });
  const peer = client.peer(raw.address);
  const call = (procedure: string, headers: CallHeaders = TOKEN) =>
    peer.call(procedure, [], { ...options, headers });
  return { raw, client, peer, call };
}

t.test(
  'a handler gets the headers of its caller, frozen and without a prototype',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const client = await world.endpoint();
    const peer = client.peer(endpoint.address);
    t.match(await world.clock.runUntil(peer.call('note', [], { headers: TOKEN })), {
      state: 'resolved',
      value: 'noted',
      attempts: 1,
    });
    await world.clock.runUntil(peer.call('note'));
    await world.clock.runUntil(peer.call('note', [], { headers: {} }));
    const [first, second, third] = got;
    t.strictSame({ ...first }, TOKEN);
    t.equal(Object.isFrozen(first), true);
    t.equal(Object.getPrototypeOf(first), null);
    t.strictSame({ ...second }, {});
    t.equal(second, third, 'those without headers share an empty one');
    t.equal(Object.getPrototypeOf(second), null);
  }),
);

t.test(
  'headers are those that were given, whatever becomes of them later',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const client = await world.endpoint();
    const headers = { token: 'abc', key: Uint8Array.of(1, 2) };
    const call = client.peer(endpoint.address).call('note', [], { headers });
    headers.token = 'changed';
    headers.key.fill(0);
    t.strictSame(call.getSnapshot().context.headers, { token: 'abc', key: Uint8Array.of(1, 2) });
    await world.clock.runUntil(call);
    t.strictSame({ ...got[0] }, { token: 'abc', key: Uint8Array.of(1, 2) });
  }),
);

t.test(
  'the answer of another address to the probe is told once, and says why nobody was asked',
  inWorld(async (t, world) => {
    const { raw, peer, call } = await stranger(world);
    const elsewhere = await world.raw('10.0.9.9', 7);
    const from: string[] = [];
    peer.on('call.answeredElsewhere', (report) => from.push(report.from));
    const made = call('note');
    await world.settle();
    elsewhere.probes.push(...raw.probes);
    for (let copy = 0; copy < 3; copy += 1) elsewhere.present(0);
    await world.settle();
    t.strictSame(from, ['10.0.9.9:7']);
    t.match(await world.clock.runUntil(made), {
      state: 'timedOut',
      verdict: 'answeredElsewhere',
      answeredFrom: '10.0.9.9:7',
      executed: 'no',
    });
  }),
);

t.test(
  'a call that went to another address of its name shows it no headers before it is known',
  inWorld(async (t, world) => {
    const first = await world.raw('10.0.2.1');
    const second = await world.raw('10.0.2.2');
    first.native = true;
    let host = first.address.host;
    const contract = defineContract({ note: { idempotent: true }, hello: { idempotent: true } });
    const client = await world.endpoint({ lookup: () => Promise.resolve(host), lingerMs: 1_000 });
    const peer = client.peer('server.example:2000', contract);
    const hello = peer.call('hello');
    await world.settle();
    first.answer(0, 'hello');
    await world.clock.runUntil(hello);
    await world.clock.advance(2_000);
    host = second.address.host;
    const call = peer.call('note', [], { headers: TOKEN, timeoutMs: 20_000 });
    await world.clock.runUntil(peer.call('hello', [], { timeoutMs: 300 }));
    await world.clock.advance(3_000);
    t.ok(second.probes.length > 0, 'the second is asked what it is');
    const sent = first.received.find(({ datagram }) => headerMapOf(datagram)?.headers);
    const challenge = frame('challenge', idOf(sent?.datagram ?? Buffer.alloc(0)), null);
    first.send(withHeaderMap(challenge, challengeHeaderMap(Buffer.alloc(8, 7))), client.address);
    await world.settle();
    const seen = second.received.filter(({ datagram }) => headerMapOf(datagram)?.headers);
    t.strictSame(seen, [], 'a late answer of the first says nothing of the second');
    call.cancel();
  }),
);

t.test(
  'headers can be given with a command, and travel with bundles',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const client = await world.endpoint();
    const peer = client.peer(endpoint.address);
    await world.clock.runUntil(peer.call('hello'));
    peer.send({ type: 'call', procedure: 'note', headers: { n: '0' } });
    const calls = ['1', '2', '3'].map((n) => peer.call('note', [], { headers: { n } }));
    await world.clock.runUntil(Promise.all(calls));
    t.same(
      got.map(({ n }) => n),
      ['0', '1', '2', '3'],
    );
  }),
);

t.test(
  'a mistake in headers throws where the call is made, and a command reports it',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await stranger(world);
    const mistaken = (headers: unknown, traceparent?: string) => () =>
      peer.call('x', [], { headers: headers as CallHeaders, traceparent });
    t.throws(mistaken({ token: 'x'.repeat(400) }), {
      name: 'OptionError',
      message: "The option 'headers' may take at most 400 bytes, names included, but takes 410",
    });
    t.throws(mistaken({ token: 'x'.repeat(300) }, 'y'.repeat(256)), /at most 213 bytes/);
    t.throws(mistaken({ 'no name': 'x' }), { name: 'OptionError', option: 'headers' });
    t.throws(mistaken({ a: 7 }), /a text or a Uint8Array for "a", but has number/);
    t.throws(mistaken('token'), /must be an object/);
    t.throws(mistaken(null), /must be an object/);
    const types: string[] = [];
    peer.on('*', (report) => types.push(report.type));
    peer.send({ type: 'call', procedure: 'x', headers: { '': 'x' } });
    await world.settle();
    t.same(types, ['call.unsent']);
    t.equal(raw.probes.length + raw.received.length, 0);
    t.equal(client.stats().queuedNow, 0);
  }),
);

t.test(
  'to a peer that is not known, a probe goes first, and the request when it is answered',
  inWorld(async (t, world) => {
    const { raw, peer, call } = await stranger(world);
    const pending = call('ask');
    await world.settle();
    t.same(raw.types, [], 'nothing that runs');
    t.equal(raw.probes.length, 1);
    t.match(pending, { state: 'queued' });
    t.equal(peer.queued, 1);
    raw.native = true;
    raw.present(0);
    await world.settle();
    t.same(raw.asked, ['ask']);
    const [request] = raw.received;
    t.match(request && { ...headerMapOf(request.datagram)?.headers }, { token: 'abc' });
    t.match(request && headerMapOf(request.datagram), { attempt: 1 });
    raw.answer(0, 'answered');
    t.match(await world.clock.runUntil(pending), {
      state: 'resolved',
      value: 'answered',
      attempts: 1,
    });
  }),
);

t.test(
  'a peer that answers no probe is sent nothing, and the call says so',
  inWorld(async (t, world) => {
    const { raw, client, peer, call } = await stranger(world);
    const outcome = await world.clock.runUntil(call('ask'));
    t.same(outcome, {
      state: 'timedOut',
      verdict: 'probeUnanswered',
      executed: 'no',
      timeoutMs: 4_000,
      attempts: 0,
    });
    t.same(raw.types, []);
    t.ok(raw.probes.length >= 3, `${raw.probes.length} probes`);
    t.equal(peer.health, 'suspect');
    t.equal(peer.window, 4, 'the path was not tried');
    t.equal(client.stats().inFlightNow, 0);
  }),
);

t.test(
  'a lost probe is repeated',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const client = await world.endpoint();
    const [here, there] = [client.address.host, endpoint.address.host];
    world.network.partition(here, there);
    const call = client.peer(endpoint.address).call('note', [], { headers: TOKEN });
    await world.clock.advance(500);
    world.network.heal(here, there);
    t.match(await world.clock.runUntil(call), { state: 'resolved', attempts: 1 });
    t.equal(got.length, 1);
  }),
);

t.test(
  'a peer that is known as an old one is never sent headers',
  inWorld(async (t, world) => {
    const { raw, client, peer, call } = await stranger(world);
    const plain = peer.call('plain');
    await world.settle();
    raw.answer(0, 'old');
    await world.clock.runUntil(plain);
    const outcome = await call('secret');
    t.match(outcome, { state: 'unsent', executed: 'no', attempts: 0 });
    const { error } = outcome as unknown as { error: OldPeerError };
    t.type(error, OldPeerError);
    const address = `${raw.address.host}:${raw.address.port}`;
    t.equal(error.peer, address);
    t.match(error.message, `The peer ${address} is not an rpcudp endpoint`);
    await world.clock.advance(5_000);
    t.same(raw.asked, ['plain']);
    t.equal(raw.probes.length, 0);
    t.equal(client.stats().outcomes.unsent, 1);
  }),
);

t.test(
  'calls that wait for a probe are unsent when the peer turns out to be an old one',
  inWorld(async (t, world) => {
    const { raw, peer, call } = await stranger(world);
    const secrets = [call('one'), call('two')];
    const plain = peer.call('plain');
    await world.settle();
    t.same(raw.asked, ['plain'], 'it passes them by');
    raw.answer(0, 'old');
    for (const outcome of await world.clock.runUntil(Promise.all(secrets))) {
      t.match(outcome, { state: 'unsent', error: { name: 'OldPeerError' } });
    }
    t.match(await plain, { state: 'resolved', value: 'old' });
    t.same(raw.asked, ['plain']);
  }),
);

t.test(
  'any answer that shows an rpcudp endpoint lets them go, in their order',
  inWorld(async (t, world) => {
    const { raw, peer, call } = await stranger(world);
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const calls = names.map((name) => call(name));
    const plain = peer.call('plain');
    await world.settle();
    t.same(raw.asked, ['plain']);
    t.equal(raw.probes.length, 1, 'one for all');
    raw.native = true;
    raw.answer(0, null);
    await world.settle();
    const answerAll = async (): Promise<void> => {
      for (let index = 1; index <= names.length; index += 1) {
        if (raw.received[index] === undefined) await world.settle();
        raw.answer(index, index);
        await world.settle();
      }
    };
    await answerAll();
    t.same(raw.asked, ['plain', ...names]);
    for (const [index, outcome] of (await Promise.all(calls)).entries()) {
      t.match(outcome, { state: 'resolved', value: index + 1 });
    }
    await plain;
  }),
);

t.test(
  'a call that waits can be cancelled, and times out at its own time',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await stranger(world);
    const controller = world.controller();
    const { signal } = controller;
    const aborted = peer.call('a', [], { headers: TOKEN, signal });
    const short = peer.call('b', [], { headers: TOKEN, timeoutMs: 50 });
    const none = peer.call('c', [], { headers: TOKEN, timeoutMs: 0 });
    const long = peer.call('d', [], { headers: TOKEN });
    t.match(await none, { state: 'timedOut', verdict: 'neverSent', executed: 'no' });
    await world.clock.advance(50);
    t.match(await short, { state: 'timedOut', verdict: 'probeUnanswered' });
    controller.abort('enough');
    t.match(await aborted, { state: 'cancelled', reason: 'enough', executed: 'no' });
    long.cancel();
    t.match(await long, { state: 'cancelled', executed: 'no', attempts: 0 });
    t.equal(client.stats().queuedNow, 0);
    raw.native = true;
    raw.present(0);
    await world.settle();
    t.same(raw.types, [], 'nothing is sent or cancelled');
    t.equal(client.stats().fates['response.late'], 1);
  }),
);

t.test(
  'closing cancels the calls that wait for a probe',
  inWorld(async (t, world) => {
    const { client, call } = await stranger(world);
    const pending = call('ask');
    await world.settle();
    await world.clock.runUntil(client.close());
    t.match(await pending, { state: 'cancelled', executed: 'no', attempts: 0 });
  }),
);

t.test(
  'the calls that wait are bounded as the mailbox is, and pacing counts them',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ mailbox: 2 });
    const peer = client.peer(raw.address);
    const make = () => peer.call('x', [], { headers: TOKEN });
    const kept = [make(), make()];
    t.equal(peer.room, 0);
    t.match(await make(), { state: 'unsent', error: { name: 'MailboxFullError', queued: 2 } });
    let isReady = false;
    void peer.ready().then(() => (isReady = true));
    await world.settle();
    t.equal(isReady, false);
    raw.native = true;
    raw.present(0);
    await world.settle();
    t.equal(isReady, true);
    for (const index of kept.keys()) raw.answer(index, null);
    for (const call of kept) t.match(await world.clock.runUntil(call), { state: 'resolved' });
  }),
);

t.test(
  'whatever else answers a probe settles nothing',
  inWorld(async (t, world) => {
    const { raw, client, call, peer } = await stranger(world);
    const pending = call('ask');
    await world.settle();
    const [probe] = raw.probes;
    if (probe === undefined) throw new Error('no probe came');
    for (const type of ['response', 'error', 'working', 'challenge'] as const) {
      const body = type === 'response' ? 'forged' : type === 'error' ? ['a', 'b'] : null;
      raw.send(withHeaderMap(frame(type, idOf(probe.datagram), body)), probe.from);
    }
    await world.settle();
    t.match(pending, { state: 'queued' });
    t.match(peer, { health: 'unknown', native: false });
    t.equal(client.stats().fates['response.orphan'], 4);
    t.match(await world.clock.runUntil(pending), { verdict: 'probeUnanswered' });
  }),
);

t.test(
  'a call that waited in the mailbox is unsent when its peer has become an old one',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1, window: 1 });
    const peer = client.peer(raw.address);
    raw.native = true;
    const first = peer.call('first');
    const second = peer.call('second');
    await world.settle();
    raw.answer(0, null);
    await world.clock.runUntil(first);
    await world.settle();
    const secret = peer.call('secret', [], { headers: TOKEN });
    t.match(secret, { state: 'queued' }, 'for the window');
    raw.native = false;
    raw.answer(1, null);
    await world.clock.runUntil(second);
    t.match(await secret, { state: 'unsent', error: { name: 'OldPeerError' } });
    t.same(raw.asked, ['first', 'second']);
  }),
);

t.test(
  'a request with headers is not repeated to a peer that has become an old one',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 10_000 });
    const peer = client.peer(raw.address);
    raw.native = true;
    const first = peer.call('first');
    await world.settle();
    raw.answer(0, null);
    await world.clock.runUntil(first);
    const secret = peer.call('secret', [], { headers: TOKEN, attempts: 5 });
    const plain = peer.call('plain');
    await world.settle();
    raw.native = false;
    raw.answer(raw.asked.indexOf('plain'), null);
    await world.clock.runUntil(plain);
    t.match(await world.clock.runUntil(secret), { state: 'timedOut', executed: 'maybe' });
    t.same(
      raw.asked.filter((name) => name === 'secret'),
      ['secret'],
    );
  }),
);

t.test(
  'a repetition has the same headers, and a token when it is asked for one',
  inWorld(async (t, world) => {
    const { raw, call } = await stranger(world);
    raw.native = true;
    const pending = call('ask', { token: 'x'.repeat(390) });
    await world.settle();
    raw.present(0);
    await world.settle();
    await world.clock.advance(1_600);
    t.same(raw.asked, ['ask', 'ask']);
    const [first] = raw.received;
    if (first === undefined) throw new Error('no request came');
    const id = idOf(first.datagram);
    const challenge = Buffer.from('8200' + '01' + '04c408' + '0102030405060708', 'hex');
    raw.send(withHeaderMap(frame('challenge', id, null), challenge), first.from);
    await world.settle();
    const maps = raw.received.map(({ datagram }) => headerMapOf(datagram));
    t.equal(maps.length, 3);
    for (const map of maps) t.equal(map?.headers?.['token'], 'x'.repeat(390));
    t.strictSame(maps[2]?.token, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    raw.answer(2, 'done');
    t.match(await world.clock.runUntil(pending), { state: 'resolved', value: 'done' });
  }),
);

t.test(
  'a reply has headers, whether it is a result or an error',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        result: ({ setHeader }) => {
          setHeader('a', '1');
          setHeader('a', '2');
          setHeader('gone', 'x');
          setHeader('gone', undefined);
          setHeader('key', Uint8Array.of(7));
          return 'ok';
        },
        error: ({ setHeader }) => {
          setHeader('a', 'why');
          return fail('no', 'No');
        },
        late: async ({ setHeader }, wait: Promise<void> | null) => {
          await wait;
          setHeader('a', 'later');
          return 'ok';
        },
        nothing: () => 'ok',
      },
    });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    const run = async (name: 'result' | 'error' | 'nothing') =>
      await world.clock.runUntil(peer.call(name));
    const resolved = await run('result');
    t.match(resolved, { state: 'resolved', value: 'ok' });
    const { headers } = resolved as { headers?: CallHeaders };
    t.strictSame({ ...headers }, { a: '2', key: Uint8Array.of(7) });
    t.equal(Object.isFrozen(headers), true);
    const rejected = await run('error');
    t.match(rejected, { state: 'rejected', error: { code: 'no' } });
    t.strictSame({ ...(rejected as { headers?: CallHeaders }).headers }, { a: 'why' });
    t.match(await world.clock.runUntil(peer.call('late', [null])), { headers: { a: 'later' } });
    t.equal('headers' in (await run('nothing')), false, 'absent without');
    world.errors.length = 0;
  }),
);

t.test(
  'headers of a reply that are too much are a mistake of the procedure',
  inWorld(async (t, world) => {
    const caught: unknown[] = [];
    const server = await world.endpoint({
      handlers: {
        tooMuch: ({ setHeader }) => {
          setHeader('a', 'kept');
          setHeader('b', 'x'.repeat(400));
        },
        caught: ({ setHeader }) => {
          setHeader('a', 'kept');
          for (const [name, value] of [
            ['a', 'x'.repeat(400)],
            ['bad name', 'x'],
            ['b', 5 as unknown as string],
          ] as const) {
            try {
              setHeader(name, value);
            } catch (error) {
              caught.push(error);
            }
          }
          return 'ok';
        },
      },
    });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    t.match(await world.clock.runUntil(peer.call('tooMuch')), {
      state: 'rejected',
      error: {
        code: 'handlerFailed',
        message: /headers: the reply may take at most 400 bytes, names included, but takes 413/,
      },
      headers: { a: 'kept' },
    });
    t.match(world.errors, [{ name: 'HandlerFailedError', cause: { name: 'UnencodableError' } }]);
    world.errors.length = 0;
    t.match(await world.clock.runUntil(peer.call('caught')), { headers: { a: 'kept' } });
    t.match(caught, [
      { name: 'UnencodableError', path: 'headers' },
      /has the name "bad name"/,
      /for "b", but has number/,
    ]);
  }),
);

t.test(
  'a repeated request gets the same bytes, headers included',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        result: ({ setHeader }) => {
          setHeader('served', Uint8Array.of(1, 2, 3));
          return 'ok';
        },
        error: ({ setHeader }) => {
          setHeader('served', 'x');
          return fail('no', 'No');
        },
      },
    });
    const raw = await world.raw();
    for (const [index, name] of ['result', 'error'].entries()) {
      const datagram = frame('request', Buffer.alloc(20, index + 1), [name, []]);
      const request = withHeaderMap(datagram, Buffer.from('83000101010' + '2ce00001388', 'hex'));
      for (let copy = 0; copy < 3; copy += 1) {
        raw.send(request, server.address);
        await world.settle();
      }
      const replies = raw.received.splice(0).map((one) => one.datagram.toString('hex'));
      t.equal(replies.length, 3);
      t.equal(new Set(replies).size, 1, name);
      const reply = Buffer.from(replies[0] ?? '', 'hex');
      t.not(headerMapOf(reply)?.headers?.['served'], undefined, name);
    }
    t.equal(server.stats().fates['request.replayed'], 4);
    world.errors.length = 0;
  }),
);

t.test(
  'an old caller gets the bytes of an old peer, whatever headers are set',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        result: ({ headers, setHeader }) => {
          setHeader('a', '1');
          return Object.keys(headers).length;
        },
      },
    });
    const raw = await world.raw();
    const id = Buffer.alloc(20, 1);
    for (let copy = 0; copy < 2; copy += 1) {
      raw.send(frame('request', id, ['result', []]), server.address);
      await world.settle();
    }
    t.same(
      raw.received.map(({ datagram }) => datagram.toString('hex')),
      [frame('response', id, 0).toString('hex'), frame('response', id, 0).toString('hex')],
    );
  }),
);

t.test(
  'a request with headers that cannot be read is taken as that of an old peer, and counted',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const raw = await world.raw();
    const bad = ['8200010781a16101', '820001' + '07a161', '8200010782a161a162a161a163'];
    for (const [index, map] of bad.entries()) {
      const datagram = frame('request', Buffer.alloc(20, index + 1), ['note', []]);
      raw.send(withHeaderMap(datagram, Buffer.from(map, 'hex')), endpoint.address);
    }
    await world.settle();
    t.same(
      got.map((headers) => ({ ...headers })),
      [{}, {}, {}],
    );
    t.equal(endpoint.stats().unreadableHeaders, 3);
    for (const { datagram } of raw.received) t.equal(headerMapOf(datagram), undefined);
  }),
);

t.test(
  'an answer with headers that cannot be read is that of an old peer, and counted',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await stranger(world);
    const call = peer.call('ask');
    await world.settle();
    const [request] = raw.received;
    if (request === undefined) throw new Error('no request came');
    const answer = frame('response', idOf(request.datagram), 'ok');
    raw.send(withHeaderMap(answer, Buffer.from('8200010781a161c0', 'hex')), request.from);
    const outcome = await world.clock.runUntil(call);
    t.match(outcome, { state: 'resolved', value: 'ok' });
    t.equal('headers' in outcome, false);
    t.equal(peer.native, false);
    t.equal(client.stats().unreadableHeaders, 1);
  }),
);

t.test(
  'a late answer and one that breaks the contract keep their meaning with headers',
  inWorld(async (t, world) => {
    const { raw, client } = await stranger(world);
    const never = schemaGiving({ issues: [{ message: 'never' }] });
    const contract = defineContract({ ask: { result: never } });
    const peer = client.peer(raw.address, contract);
    const headers = Buffer.from('820001' + '0781a161a162', 'hex');
    const answered = peer.call('ask', []);
    await world.settle();
    const reply = (index: number) => {
      const request = raw.received[index];
      if (request === undefined) throw new Error('no request came');
      const answer = frame('response', idOf(request.datagram), 'ok');
      raw.send(withHeaderMap(answer, headers), request.from);
    };
    reply(0);
    t.match(await world.clock.runUntil(answered), {
      state: 'rejected',
      error: { code: 'invalidResult' },
      headers: { a: 'b' },
    });
    const late = client.peer(raw.address).call('ask', [], { timeoutMs: 100 });
    await world.clock.advance(101);
    reply(raw.received.length - 1);
    await world.settle();
    t.match(late, { state: 'late' });
    t.equal('headers' in (await late), false);
  }),
);

t.test(
  'a call by name waits for its address, and then for what is there',
  inWorld(async (t, world) => {
    const { got, endpoint } = await server(world);
    const { host, port } = endpoint.address;
    const raw = await world.raw(world.nextHost(), port);
    const hosts = [raw.address.host, host];
    const client = await world.endpoint({ lookup: () => Promise.resolve(hosts), timeoutMs: 2_000 });
    const peer = client.peer({ host: 'service.test', port });
    const first = peer.call('note', [], { headers: TOKEN });
    const second = peer.call('note', [], { headers: TOKEN, timeoutMs: 10_000 });
    t.match(await world.clock.runUntil(first), { verdict: 'probeUnanswered', executed: 'no' });
    // Nobody was heard at the first address, so what was not sent goes to the next.
    t.match(await world.clock.runUntil(second), { state: 'resolved', attempts: 1 });
    t.equal(got.length, 1);
    t.same(raw.types, []);
    t.ok(raw.probes.length > 0);
  }),
);

t.test(
  'a call with headers that waits is shown once to whoever looks',
  inWorld(async (t, world) => {
    const { client, call, peer } = await stranger(world);
    const pending = call('ask');
    await world.settle();
    const ids: string[] = [];
    const watching = client.inspect((event) => {
      if (event.type === '@xstate.actor') ids.push((event.actorRef as { id?: string }).id ?? '');
    });
    t.equal(ids.filter((id) => id.startsWith('call ')).length, 1);
    watching.unsubscribe();
    t.match(pending.getSnapshot().context.headers, TOKEN);
    t.equal(peer.call('x').getSnapshot().context.headers, undefined);
  }),
);

t.test(
  'the bodies are the same with and without headers',
  inWorld(async (t, world) => {
    const { raw, peer, call } = await stranger(world);
    raw.native = true;
    const plain = peer.call('ask');
    await world.settle();
    raw.answer(0, null);
    await world.clock.runUntil(plain);
    const secret = call('ask');
    await world.settle();
    const [one, two] = raw.received;
    t.strictSame(one && bodyOf(one.datagram), two && bodyOf(two.datagram));
    raw.answer(1, null);
    await world.clock.runUntil(secret);
  }),
);
