/**
 * Two copies of the package in one program, each with classes of its own: what one makes, the other
 * takes; where it cannot, it says so. Both are real: `dist`, copied twice.
 */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { createActor, toPromise } from 'xstate';
import { z } from 'zod';
import type * as Inspector from '../../src/inspector/index.js';
import type * as Library from '../../src/index.js';
import type { InspectionRecord } from '../../src/inspector/index.js';
import type * as Testing from '../../src/testing/index.js';

const home = t.testdir();
symlinkSync(join(process.cwd(), 'node_modules'), join(home, 'node_modules'));

interface Copy {
  readonly main: typeof Library;
  readonly testing: typeof Testing;
  readonly inspector: typeof Inspector;
}

/** A copy of what is built, with another version if that is given. */
async function copyOf(name: string, version?: string): Promise<Copy> {
  const dist = join(home, name, 'dist');
  cpSync('dist', dist, { recursive: true });
  cpSync('package.json', join(home, name, 'package.json'));
  if (version !== undefined) {
    const file = join(dist, 'copies/version.js');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace(/VERSION = '[^']+'/, `VERSION = '${version}'`));
  }
  const load = (path: string) => import(pathToFileURL(join(dist, path)).href) as unknown;
  return {
    main: (await load('index.js')) as typeof Library,
    testing: (await load('testing/index.js')) as typeof Testing,
    inspector: (await load('inspector/index.js')) as typeof Inspector,
  };
}

const a = await copyOf('a');
const b = await copyOf('b');
const newer = await copyOf('newer', '99.0.0');

/** A server and a client of copy `a` on a simulated network whose clock is that of copy `b`. */
async function pair(handlers: Library.Handlers = {}) {
  const clock = new b.testing.SimulatedClock();
  const network = new a.testing.SimulatedNetwork({ clock, seed: 1 });
  const open = (host: string, options: Library.EndpointOptions) => {
    const random = new b.testing.SeededRandom(1, host);
    const transport = network.transport(host, 1);
    return a.main.createEndpoint({ transport, clock, random, ...options });
  };
  const server = await open('10.0.0.1', { handlers, onError: () => undefined });
  const client = await open('10.0.0.2', {});
  const close = () => clock.runUntil(Promise.all([client.close(), server.close()]));
  return { clock, network, open, server, client, peer: client.peer(server.address), close };
}

t.test('they are two', (t) => {
  t.not(a.main.CallError, b.main.CallError);
  t.end();
});

for (const [name, other] of Object.entries({ b, newer })) {
  t.test(`errors are known to each other's instanceof: ${name}`, (t) => {
    const error = new other.main.ProcedureError('code', 'text');
    class Mine extends a.main.ProcedureError {}
    t.ok(error instanceof a.main.ProcedureError);
    t.ok(new Mine('code', 'text') instanceof other.main.ProcedureError);
    t.ok(new Mine('code', 'text') instanceof Mine);
    t.notOk(error instanceof Mine, 'but not those of classes that extend them');
    t.notOk(error instanceof a.main.RemoteError);
    t.notOk(new Error('text') instanceof a.main.ProcedureError);
    t.notOk((null as unknown) instanceof a.main.ProcedureError);
    t.end();
  });

  t.test(`every class of an error is known: ${name}`, (t) => {
    const classes = (copy: Copy) => Object.entries({ ...copy.main, ...copy.inspector });
    const theirs = new Map<string, unknown>(classes(other));
    let errors = 0;
    for (const [exported, own] of classes(a)) {
      if (typeof own !== 'function' || !(own.prototype instanceof Error)) continue;
      errors += 1;
      const Theirs = theirs.get(exported) as abstract new () => unknown;
      t.ok(Object.create(own.prototype) instanceof Theirs, exported);
    }
    t.ok(errors > 20, String(errors));
    t.end();
  });

  t.test(`what a procedure throws and gives: ${name}`, async (t) => {
    const { clock, peer, close } = await pair({
      fails: () => other.main.fail('mine', 'said', { n: 1 }),
      time: () => new other.main.PreciseDate(5, 7),
    });
    const failed = await clock.runUntil(peer.call('fails'));
    t.match(failed, {
      state: 'rejected',
      error: { code: 'mine', message: 'said', data: { n: 1 } },
    });
    const given = await clock.runUntil(peer.call('time'));
    t.match(given, { value: { subMillisecondNanoseconds: 7 } }, 'not a nanosecond is lost');
    await close();
  });

  t.test(`contracts: ${name}`, async (t) => {
    const args = z.tuple([z.string()]);
    const contract = other.main.defineContract({ sayhi: { args, result: z.string() } });
    const { clock, network, close, client } = await pair();
    const server = await a.main.createEndpoint({
      ...{ transport: network.transport('10.0.0.3', 1), clock, contract },
      handlers: { sayhi: (_, name) => (name === '5' ? (5 as never) : `hi ${name}`) },
      onError: () => undefined,
    });
    const peer = client.peer(server.address, contract);
    t.match(await clock.runUntil(peer.call('sayhi', ['x'])), { value: 'hi x' });
    t.match(await clock.runUntil(peer.call('sayhi', ['5'])), { error: { code: 'invalidResult' } });
    t.throws(() => peer.call('sayhi', [5 as never]), a.main.InvalidArgumentsError);
    const actor = createActor(a.main.actorsOf(contract).call('sayhi'), {
      input: { peer, args: ['y'] },
    });
    t.equal(await clock.runUntil(toPromise(actor.start())), 'hi y');
    t.throws(() => client.peer(server.address, {} as never), /made by defineContract/);
    await clock.runUntil(server.close());
    await close();
  });

  t.test(`actors of one with endpoints of the other: ${name}`, async (t) => {
    const { clock, peer, client, server, close } = await pair({ double: (_, n: number) => 2 * n });
    const call = createActor(other.main.actorsOf().call('double'), { input: { peer, args: [4] } });
    t.equal(await clock.runUntil(toPromise(call.start())), 8);
    const spawned = createActor(other.main.actorsOf().peer, {
      input: { endpoint: client, address: server.address },
    });
    const heard = new Promise((resolve) => spawned.on('call.resolved', resolve));
    spawned.start().send({ type: 'call', procedure: 'double', args: [5] });
    t.match(await clock.runUntil(heard), { outcome: { value: 10 } });
    spawned.stop();
    await close();
  });

  t.test(
    `a call that is persisted by the endpoint of the other, and restored: ${name}`,
    async (t) => {
      const { clock, client, server, open, close } = await pair({ hello: () => 'hello' });
      const contract = other.main.defineContract({
        hello: { args: z.tuple([]), result: z.string(), idempotent: true },
      });
      const input = { address: `${server.address.host}:${server.address.port}` };
      const first = createActor(other.main.actorsOf(client, contract).call('hello'), { input });
      first.start();
      const snapshot = first.getPersistedSnapshot();
      t.equal(await clock.runUntil(toPromise(first)), 'hello');
      const later = await open('10.0.0.4', {});
      const restored = other.main.actorsOf(later, contract).call('hello');
      const again = createActor(restored, { input, snapshot }).start();
      t.equal(await clock.runUntil(toPromise(again)), 'hello');
      const damaged = createActor(restored, { input, snapshot: { ...snapshot, call: 1 } as never });
      await t.rejects(toPromise(damaged.start()), other.main.RestoreError);
      await clock.runUntil(later.close());
      await close();
    },
  );

  t.test(`legible shows the endpoint of the other: ${name}`, async (t) => {
    const { clock, client, peer, close } = await pair({ login: () => 1 });
    const shown: unknown[] = [];
    client.inspect(other.main.legible((event) => shown.push(event), { mask: ['password'] }));
    await clock.runUntil(peer.call('login', [{ password: 'hunter2' }]));
    t.ok(shown.length > 0);
    t.notMatch(JSON.stringify(shown), 'hunter2');
    await close();
  });
}

t.test(
  'a recorder of the same version sees all of the other copy, at the right time',
  async (t) => {
    const endpoint = await a.main.createEndpoint({
      host: '127.0.0.1',
      handlers: { double: (_, n: number) => 2 * n },
    });
    const records: InspectionRecord[] = [];
    const recording = b.inspector.recordEndpoint(endpoint, (record) => records.push(record));
    const before = Date.now();
    t.match(await endpoint.peer(endpoint.address).call('double', [4]), { value: 8 });
    recording.stop();
    for (const type of ['call', 'handler', 'datagram'] as const) {
      t.ok(
        records.some((record) => record.type === type),
        type,
      );
    }
    const [call] = records.filter(({ type }) => type === 'call');
    t.ok(Math.abs(call!.atMs - before) < 60_000, `at ${call!.atMs}`);
    await endpoint.close();
  },
);

t.test('a recorder of another version says why it cannot', async (t) => {
  const scoped: Library.AnyEndpoint[] = [];
  const { clock, client, peer, close } = await pair({
    keep: ({ endpoint }) => void scoped.push(endpoint),
  });
  await clock.runUntil(peer.call('keep'));
  t.equal(scoped.length, 1);
  for (const endpoint of [client, ...scoped]) {
    t.throws(() => newer.inspector.recordEndpoint(endpoint, () => undefined), {
      name: 'OptionError',
      message:
        /'endpoint' was made by another copy of rpcudp, version [\d.]+; this one is 99\.0\.0/,
    });
  }
  t.throws(
    () => b.inspector.recordEndpoint({} as never, () => undefined),
    /made by createEndpoint/,
  );
  await close();
});
