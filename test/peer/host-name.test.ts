/** A name that is called: what it means, which of its addresses is used, and who follows. */
import t from 'tap';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { Peer } from '../../src/api/peer.js';
import { defineContract } from '../../src/contract/contract.js';
import { TooManyPeersError } from '../../src/errors.js';
import { isBundle } from '../../src/wire/bundle.js';
import { answerTo, idOf } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld, type World } from '../fixtures/world.js';

const NAME = 'service.example:2000';

/** A resolver whose answer the test changes. */
class Resolver {
  asked = 0;
  means: unknown;

  constructor(means: unknown) {
    this.means = means;
  }

  readonly lookup = async (): Promise<string> => {
    this.asked += 1;
    if (this.means instanceof Error) throw this.means;
    return Promise.resolve(this.means as string);
  };
}

/** A client that calls by name, and servers at these hosts, each of which gives its host. */
async function service(
  world: World,
  means: unknown,
  { serving = [] as readonly string[], options = {} } = {},
) {
  const resolver = new Resolver(means);
  const servers = new Map<string, Awaited<ReturnType<typeof serve>>>();
  for (const host of serving) servers.set(host, await serve(world, host));
  const client = await world.endpoint({
    host: '10.0.1.1',
    timeoutMs: 400,
    lookup: resolver.lookup,
    ...options,
  });
  return { resolver, servers, client, peer: client.peer(NAME) };
}

function serve(world: World, host: string) {
  return world.endpoint({ host, port: 2000, handlers: { where: () => host } });
}

/** Where a call arrived, or how else it ended. */
async function ask(world: World, peer: Peer): Promise<string> {
  const outcome = await world.clock.runUntil(peer.call('where'));
  return outcome.state === 'resolved' ? (outcome.value as string) : outcome.state;
}

async function askTimes(world: World, peer: Peer, times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let left = times; left > 0; left -= 1) answers.push(await ask(world, peer));
  return answers;
}

t.test(
  'a service that moves is found again, by old and new handles',
  inWorld(async (t, world) => {
    const { resolver, servers, client, peer } = await service(world, '10.0.2.1', {
      serving: ['10.0.2.1', '10.0.2.2'],
    });
    t.equal(await ask(world, peer), '10.0.2.1');
    await world.clock.advance(1_000);
    resolver.means = '10.0.2.2';
    await world.clock.runUntil(servers.get('10.0.2.1')!.close());
    t.equal(resolver.asked, 1);
    t.equal(await ask(world, peer), 'timedOut');
    await world.settle();
    t.equal(resolver.asked, 2, 'one silence is enough to ask again');
    t.match(peer, { address: '10.0.2.2:2000', health: 'unknown' });
    t.equal(await ask(world, peer), '10.0.2.2');
    t.equal(await ask(world, client.peer(NAME)), '10.0.2.2');
    t.equal(resolver.asked, 2, 'and it is not asked while all is well');
  }),
);

t.test(
  'of several addresses the next one is called when nobody answers at the first',
  inWorld(async (t, world) => {
    const { peer, client } = await service(world, ['10.0.2.8', '10.0.2.1'], {
      serving: ['10.0.2.1'],
    });
    t.strictSame(await askTimes(world, peer, 3), ['timedOut', '10.0.2.1', '10.0.2.1']);
    t.equal(client.peer(NAME).address, '10.0.2.1:2000');
  }),
);

t.test(
  'after the last address the first is called again',
  inWorld(async (t, world) => {
    const hosts = ['10.0.2.1', '10.0.2.2', '10.0.2.3'];
    const { peer } = await service(world, hosts);
    const asked: string[] = [];
    for (let index = 0; index < 7; index++) {
      t.equal(await ask(world, peer), 'timedOut');
      asked.push(peer.address);
    }
    t.strictSame(
      asked,
      [1, 2, 0, 1, 2, 0, 1].map((index) => `${hosts[index]}:2000`),
    );
  }),
);

t.test(
  'a peer that has answered is left when it is silent, and not for one lost datagram',
  inWorld(async (t, world) => {
    const { peer, servers } = await service(world, ['10.0.2.1', '10.0.2.2'], {
      serving: ['10.0.2.1', '10.0.2.2'],
    });
    t.equal(await ask(world, peer), '10.0.2.1');
    world.network.partition('10.0.1.1', '10.0.2.1');
    t.equal(await ask(world, peer), 'timedOut');
    world.network.heal('10.0.1.1', '10.0.2.1');
    t.equal(await ask(world, peer), '10.0.2.1');
    await world.clock.runUntil(servers.get('10.0.2.1')!.close());
    const silences = ['timedOut', 'timedOut', 'timedOut'];
    t.strictSame(await askTimes(world, peer, 4), [...silences, '10.0.2.2']);
  }),
);

t.test(
  'an address that the name has no longer is left at the first silence',
  inWorld(async (t, world) => {
    const { peer, resolver } = await service(world, ['10.0.2.1', '10.0.2.2'], {
      serving: ['10.0.2.1', '10.0.2.3'],
    });
    t.equal(await ask(world, peer), '10.0.2.1');
    await world.clock.advance(1_000);
    resolver.means = ['10.0.2.3', '10.0.2.2'];
    world.network.partition('10.0.1.1', '10.0.2.1');
    t.strictSame(await askTimes(world, peer, 2), ['timedOut', '10.0.2.3']);
  }),
);

t.test(
  'a name is looked up at most once a second, and one at a time',
  inWorld(async (t, world) => {
    const { peer, resolver } = await service(world, '10.0.2.1');
    const askedAtMs: number[] = [];
    for (let index = 0; index < 20; index++) {
      const { asked } = resolver;
      await world.clock.runUntil(peer.call('where', [], { timeoutMs: 100 }));
      await world.settle();
      if (resolver.asked > asked) askedAtMs.push(world.clock.nowMs());
    }
    t.strictSame(askedAtMs, [100, 1_000, 2_000], 'the first look-up was at 0');
  }),
);

t.test(
  'a look-up that fails or never ends keeps the addresses, and is made again',
  inWorld(async (t, world) => {
    const { peer, resolver } = await service(world, '10.0.2.1', { serving: ['10.0.2.2'] });
    t.equal(await ask(world, peer), 'timedOut');
    for (const means of [new Error('no resolver'), 'rubbish', [], new Promise(() => undefined)]) {
      await world.clock.advance(1_000);
      resolver.means = means;
      t.equal(await ask(world, peer), 'timedOut');
      t.equal(peer.address, '10.0.2.1:2000');
    }
    const { asked } = resolver;
    resolver.means = '10.0.2.2';
    await world.clock.advance(9_000);
    t.equal(await ask(world, peer), 'timedOut');
    t.equal(resolver.asked, asked, 'one look-up is still open');
    await world.clock.advance(1_000);
    t.equal(await ask(world, peer), 'timedOut');
    t.equal(resolver.asked, asked + 1, 'it was waited for long enough');
    t.equal(await ask(world, peer), '10.0.2.2');
  }),
);

t.test(
  'calls that wait move with their name; calls to the address itself stay',
  inWorld(async (t, world) => {
    const { peer, client } = await service(world, ['10.0.2.8', '10.0.2.1'], {
      serving: ['10.0.2.1'],
      options: { window: 1 },
    });
    const first = peer.call('where', [], { timeoutMs: 100 });
    await world.settle();
    const moved = peer.call('where', [], { reference: 'by name' });
    const stays = client.peer('10.0.2.8:2000').call('where');
    const heard: string[] = [];
    moved.on('*', ({ type, peer }) => heard.push(`${type} ${peer}`));
    t.match(await world.clock.runUntil(first), { state: 'timedOut', verdict: 'peerSilent' });
    t.match(await world.clock.runUntil(moved), { state: 'resolved', value: '10.0.2.1' });
    t.strictSame(heard, ['call.resolved 10.0.2.1:2000']);
    t.equal(moved.getSnapshot().context.peer, '10.0.2.1:2000');
    t.match(await world.clock.runUntil(stays), { state: 'timedOut' });
  }),
);

t.test(
  'a call that waits and whose time is over when the name is found is not sent',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.1', 2000);
    let find = (_host: string): void => undefined;
    const lookup = () => new Promise<string>((resolve) => (find = resolve));
    const client = await world.endpoint({ lookup, timeoutMs: 100 });
    client.peer('10.0.2.1:2000');
    const call = client.peer(NAME).call('where');
    world.clock.stall(150);
    find('10.0.2.1');
    t.match(await world.clock.runUntil(call), { verdict: 'neverSent', executed: 'no' });
    await world.settle();
    t.equal(raw.received.length, 0);
  }),
);

/** A client on a transport that refuses to send to some hosts. */
async function refused(
  world: World,
  means: readonly string[],
  hosts: readonly string[],
  options: EndpointOptions = {},
) {
  const transport = new ScriptedTransport();
  const resolver = new Resolver(means);
  const { lookup } = resolver;
  const client = await world.endpoint({ transport, lookup, timeoutMs: 400, ...options });
  const send = transport.send.bind(transport);
  transport.send = (datagram, host, port, done) => {
    send(datagram, host, port, done);
    const error = Object.assign(new Error(`send ENETUNREACH ${host}`), { code: 'ENETUNREACH' });
    queueMicrotask(() => {
      done(hosts.includes(host) ? error : null);
    });
  };
  const sentTo = () => transport.sent.map(({ host }) => host);
  return { transport, resolver, client, peer: client.peer(NAME), sentTo };
}

t.test(
  'a call that the system cannot send goes to the next address itself',
  inWorld(async (t, world) => {
    const hosts = ['10.0.2.1', '10.0.2.2', '10.0.2.3'];
    const { peer, transport, sentTo } = await refused(world, hosts, hosts.slice(0, 2));
    const call = peer.call('where');
    await world.settle();
    t.strictSame(sentTo(), hosts);
    t.match(call.getSnapshot(), {
      value: 'awaiting',
      context: { attempt: 1, peer: '10.0.2.3:2000' },
    });
    const answer = answerTo(transport.sent[2]!.datagram, 'here');
    transport.receiver?.datagramReceived(answer, '10.0.2.3', 2000);
    t.match(await call, { state: 'resolved', value: 'here', attempts: 1 });
    const next = peer.call('where');
    await world.settle();
    t.equal(sentTo()[3], '10.0.2.3', 'later calls begin there');
    t.equal(next.state, 'awaiting');
  }),
);

for (const [many, window] of [
  [3, 4],
  [3, 1],
  [2, 1],
] as const) {
  t.test(
    `of ${many} calls that the system cannot send each tries each address once; window: ${window}`,
    inWorld(async (t, world) => {
      const hosts = ['10.0.2.1', '10.0.2.2'];
      const options = { initialWindow: window };
      const { peer, client, sentTo } = await refused(world, hosts, hosts, options);
      // With a window of one, some wait at the other address while the name leaves it again.
      const calls = Array.from({ length: many }, () => peer.call('where'));
      for (const call of calls) {
        const outcome = await world.clock.runUntil(call);
        t.match(outcome, { state: 'unsent', executed: 'no', attempts: 0 });
      }
      t.strictSame(
        sentTo().toSorted(),
        hosts.flatMap((host) => calls.map(() => host)),
      );
      t.match(client.stats(), { inFlightNow: 0, queuedNow: 0, outcomes: { unsent: many } });
    }),
  );
}

t.test(
  'two names that take the places of each other try each address once, too',
  inWorld(async (t, world) => {
    const means: Readonly<Record<string, readonly string[]>> = {
      one: ['10.0.2.1', '10.0.2.2'],
      other: ['10.0.3.1', '10.0.3.2'],
    };
    const hosts = Object.values(means).flat();
    const { client, sentTo } = await refused(world, [], hosts, {
      maxPeers: 3,
      lookup: async (name) => Promise.resolve(means[name] as string[]),
    });
    // Each name leaves a peer that is forgotten at once, because the other name needs its place.
    const calls = ['one:2000', 'other:2000'].map((name) => client.peer(name).call('where'));
    for (const call of calls) {
      t.match(await world.clock.runUntil(call), { state: 'unsent', attempts: 0 });
    }
    t.strictSame(sentTo().toSorted(), hosts);
  }),
);

t.test(
  'a literal address has no other: its call is unsent',
  inWorld(async (t, world) => {
    const { client, sentTo } = await refused(world, ['10.0.2.2'], ['10.0.2.1']);
    const outcome = await world.clock.runUntil(client.peer('10.0.2.1:2000').call('where'));
    t.match(outcome, { state: 'unsent', error: { code: 'ENETUNREACH' } });
    t.strictSame(sentTo(), ['10.0.2.1']);
  }),
);

const CONTRACT = defineContract({ read: { idempotent: true }, write: {} });

t.test(
  'of calls in flight only those of idempotent procedures follow, when they are repeated',
  inWorld(async (t, world) => {
    const [left, next] = [await world.raw('10.0.2.1', 2000), await world.raw('10.0.2.2', 2000)];
    const resolver = new Resolver(['10.0.2.1', '10.0.2.2']);
    const client = await world.endpoint({ lookup: resolver.lookup, attempts: 3 });
    const peer = client.peer(NAME, CONTRACT);
    const [read, again, write] = [peer.call('read'), peer.call('read'), peer.call('write')];
    const probe = peer.call('write', [], { timeoutMs: 100 });
    t.match(await world.clock.runUntil(probe), { verdict: 'peerSilent' });
    t.equal(peer.address, '10.0.2.2:2000');
    await world.clock.advance(1_600);
    t.strictSame(next.asked, ['read', 'read'], 'the repetitions go to the next address');
    t.strictSame(left.asked, ['read', 'read', 'write', 'write', 'write']);
    t.equal(read.getSnapshot().context.peer, '10.0.2.2:2000');
    t.match(peer, { inFlight: 2 });
    const index = next.received.findIndex(
      ({ datagram }) => idOf(datagram).toString('hex') === read.transactionId,
    );
    next.answer(index, 'from the next');
    left.answer(1, 'from the first');
    left.answer(2, 'written');
    t.match(await world.clock.runUntil(read), { value: 'from the next', attempts: 2 });
    t.match(await world.clock.runUntil(again), { value: 'from the first', attempts: 2 });
    t.match(await world.clock.runUntil(write), { value: 'written', attempts: 2 });
    t.equal(client.stats().fates['response.wrongPeer'], 0);
  }),
);

t.test(
  'what the kernel has not confirmed does not follow: it may have left, or not',
  inWorld(async (t, world) => {
    const [left, next] = [await world.raw('10.0.2.1', 2000), await world.raw('10.0.2.2', 2000)];
    const resolver = new Resolver(['10.0.2.1', '10.0.2.2']);
    const transport = world.network.transport('10.0.2.9', 1000);
    const send = transport.send.bind(transport);
    let isFirst = true;
    transport.send = (datagram, host, port, done) => {
      send(datagram, host, port, isFirst ? () => undefined : done);
      isFirst = false;
    };
    const client = await world.endpoint({ transport, lookup: resolver.lookup, attempts: 3 });
    const peer = client.peer(NAME, CONTRACT);
    const read = peer.call('read');
    await world.settle();
    t.equal(read.state, 'sent');
    const probe = peer.call('write', [], { timeoutMs: 100 });
    t.match(await world.clock.runUntil(probe), { verdict: 'peerSilent' });
    t.equal(peer.address, '10.0.2.2:2000');
    await world.clock.advance(1_600);
    t.strictSame(next.asked, []);
    t.strictSame(left.asked, ['read', 'write', 'read']);
    left.answer(0, 'from the first');
    t.match(await world.clock.runUntil(read), { value: 'from the first', attempts: 2 });
  }),
);

t.test(
  'a request that was refused in a bundle is sent to the next address once, as any other',
  inWorld(async (t, world) => {
    const server = await serve(world, '10.0.2.1');
    const next = await world.raw('10.0.2.2', 2000);
    const resolver = new Resolver(['10.0.2.1', '10.0.2.2']);
    const transport = world.network.transport('10.0.2.9', 1000);
    const send = transport.send.bind(transport);
    const refusal = Object.assign(new Error('send ENETUNREACH'), { code: 'ENETUNREACH' });
    const client = await world.endpoint({ transport, lookup: resolver.lookup, timeoutMs: 9_000 });
    const peer = client.peer(NAME);
    t.equal(await ask(world, peer), '10.0.2.1');
    let refusedBundles = 0;
    transport.send = (datagram, host, port, done) => {
      if (host === '10.0.2.1') {
        if (isBundle(datagram)) refusedBundles += 1;
        queueMicrotask(() => {
          done(refusal);
        });
      } else {
        // What becomes of it is not told.
        send(datagram, host, port, () => undefined);
      }
    };
    const calls = ['a', 'b', 'c'].map((procedure) => peer.call(procedure));
    await world.settle();
    t.ok(refusedBundles > 0);
    await world.clock.advance(6_000);
    t.strictSame(next.asked.toSorted(), ['a', 'b', 'c']);
    for (const call of calls) call.cancel();
    await world.clock.runUntil(server.close());
  }),
);

t.test(
  'a handle by name hears all calls by that name, wherever they went, and no others',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.8', 2000);
    const { peer, client } = await service(world, ['10.0.2.8', '10.0.2.1'], {
      serving: ['10.0.2.1'],
    });
    const heard: string[] = [];
    const subscription = client.peer(NAME).on('*', (report) => {
      if ('reference' in report) heard.push(`${report.type} ${String(report.reference)}`);
    });
    const first = peer.call('where', [], { reference: 'first' });
    await world.clock.runUntil(first);
    await world.clock.runUntil(client.peer('10.0.2.1:2000').call('where'));
    await world.clock.runUntil(peer.call('where', [], { reference: 'second' }));
    peer.send({ type: 'call', procedure: 'where', reference: 'third' });
    await world.settle();
    peer.send({ type: 'call', procedure: 'where', args: [Symbol('no')], reference: 'bad' });
    raw.answer(0, 'late');
    await world.settle();
    const all = ['call.timedOut first', 'call.resolved second', 'call.resolved third'];
    t.strictSame(heard, [...all, 'call.unsent bad', 'call.late first']);
    subscription.unsubscribe();
    await world.clock.runUntil(peer.call('where'));
    t.equal(heard.length, 5);
  }),
);

t.test(
  'what a look-up gives is checked: it ends its calls unsent and names the name and what was given',
  inWorld(async (t, world) => {
    for (const [given, says] of [
      ['not an address', /"service\.example" gave .*: Host "not an address" is neither/],
      ['another.example', /"service\.example" gave .*: "another\.example" is not an IP address/],
      [[], /"service\.example" gave no address that can be called: an empty list$/],
      [7, /"service\.example" gave .*: number is not an IP address/],
      [null, /"service\.example" gave .*: null is not an IP address/],
      [[{ address: '10.0.0.1' }], /"service\.example" gave .*: object is not an IP address/],
      ['0.0.0.0', /"service\.example" gave .*: 0\.0\.0\.0:2000 stands for every address/],
      ['224.0.0.1', /224\.0\.0\.1:2000 stands for many machines/],
      ['255.255.255.255', /255\.255\.255\.255:2000 stands for many machines/],
      ['fe80::1', /\[fe80::1\]:2000 is on the link of one interface/],
      ['fd00::1', /\[fd00::1\]:2000 cannot be reached from 10\.0\.0\.\d+:1000, which speaks IPv4/],
      [['::', 'fd00::1'], /\[::\]:2000 stands for every address/],
    ] as const) {
      const { peer } = await service(world, given, {
        options: { host: world.nextHost(), port: 1000 },
      });
      const outcome = await world.clock.runUntil(peer.call('where'));
      t.match(outcome, {
        state: 'unsent',
        executed: 'no',
        error: { code: 'ERR_RPCUDP_ADDRESS', message: says },
      });
      t.equal(peer.health, 'resolving', 'the next call looks again');
    }
  }),
);

t.test(
  'of a list, what cannot be called is skipped',
  inWorld(async (t, world) => {
    const means = ['0.0.0.0', 'rubbish', 'fd00::1', '::ffff:10.0.2.1', '10.0.2.1', '10.0.2.2'];
    const { peer } = await service(world, means, { serving: ['10.0.2.2'] });
    t.strictSame(await askTimes(world, peer, 2), ['timedOut', '10.0.2.2']);
  }),
);

t.test(
  'a look-up that throws at once, or rejects with anything, ends its calls unsent',
  inWorld(async (t, world) => {
    const error = new Error('no resolver here');
    for (const lookup of [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ]) {
      const client = await world.endpoint({ lookup });
      const peer = client.peer(NAME);
      for (const outcome of await Promise.all([peer.call('where'), peer.call('where')])) {
        t.strictSame(outcome, { state: 'unsent', error, executed: 'no', attempts: 0 });
      }
    }
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- users can
    const client = await world.endpoint({ lookup: () => Promise.reject('nothing') });
    t.match(await client.peer(NAME).call('where'), {
      state: 'unsent',
      error: { message: 'nothing' },
    });
  }),
);

t.test(
  'a name that is forgotten to make room is found anew by its handles, old and new',
  inWorld(async (t, world) => {
    const { peer, client, resolver } = await service(world, '10.0.2.1', {
      serving: ['10.0.2.1'],
      options: { maxPeers: 2 },
    });
    const heard: string[] = [];
    const kept = client.peer('kept.example:2000');
    const subscription = kept.on('call.resolved', ({ type }) => heard.push(type));
    t.equal(await ask(world, peer), '10.0.2.1');
    for (const name of ['a', 'b', 'c']) {
      t.equal(await ask(world, client.peer(`${name}.example:2000`)), '10.0.2.1');
    }
    t.equal(resolver.asked, 4);
    t.equal(await ask(world, peer), '10.0.2.1');
    t.equal(resolver.asked, 5, 'it was forgotten');
    t.equal(await ask(world, client.peer(NAME)), '10.0.2.1');
    t.equal(resolver.asked, 5, 'and is one again');
    t.equal(await ask(world, client.peer('kept.example:2000')), '10.0.2.1');
    t.strictSame(heard, ['call.resolved'], 'a name with listeners is not forgotten');
    subscription.unsubscribe();
  }),
);

t.test(
  'while there is no room for the next peer, the name stays where it is',
  inWorld(async (t, world) => {
    const { peer, client } = await service(world, ['10.0.2.8', '10.0.2.1'], {
      serving: ['10.0.2.1'],
      options: { maxPeers: 2 },
    });
    const holder = client.peer('10.0.3.1:1');
    const busy = holder.call('x', [], { timeoutMs: 900 });
    t.equal(await ask(world, peer), 'timedOut');
    t.equal(peer.address, '10.0.2.8:2000');
    t.throws(() => client.peer('10.0.3.2:1'), TooManyPeersError);
    await world.clock.runUntil(busy);
    await world.clock.advance(10_000);
    t.equal(await ask(world, peer), '10.0.2.1', 'the next call finds room');
  }),
);

t.test(
  'after the endpoint is closed no name is looked up, and none moves',
  inWorld(async (t, world) => {
    const { peer, client, resolver } = await service(world, ['10.0.2.8', '10.0.2.1']);
    const call = peer.call('where', [], { timeoutMs: 5_000 });
    await world.clock.advance(2_000);
    const closed = client.close();
    t.match(await world.clock.runUntil(call), { state: 'cancelled' });
    await world.clock.runUntil(closed);
    await world.clock.advance(5_000);
    t.equal(resolver.asked, 1);
    t.equal(client.stats().peersNow, 1);
  }),
);
