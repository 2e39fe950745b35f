import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';

import t from 'tap';
import { install, pack, run } from './fixtures/consumer.js';

// What a user gets: the tarball, installed into an empty project. Needs the registry or npm's cache
// for the runtime dependencies. On a slow machine, several npm runs take their time.
t.setTimeout(600_000);

const MAX_PACKED_BYTES = 1_380_000;
/**
 * Each part of the package has its own limit in bytes, unpacked, so that no part can grow
 * unnoticed.
 */
const MAX_PART_BYTES = [
  ['dist/inspector/page/', 300_000],
  ['dist/inspector/', 640_000],
  ['dist/metrics/', 110_000],
  ['dist/cli/', 420_000],
  ['dist/doctor/', 210_000],
  ['dist/legible/', 95_000],
  ['src/', 140_000],
  ['demos/', 200_000],
  ['test/', 60_000],
  ['', 2_700_000],
] as const;

const HELLO = `
import { createEndpoint } from 'rpcudp';

const server = await createEndpoint({
  port: 0,
  handlers: { sayhi: ({ sender }, name) => \`Hello \${name} from \${sender.host}\` },
});
const client = await createEndpoint({ port: 0 });
const peer = client.peer(\`127.0.0.1:\${server.address.port}\`);
const outcome = await peer.call('sayhi', ['Snake'], { timeoutMs: 5_000 });
console.log(outcome.state, outcome.value);
await client.close();
await server.close();
`;

const TYPED = `
import { createEndpoint } from 'rpcudp';

const server = await createEndpoint({
  port: 0,
  handlers: { sayhi: ({ sender }, name: string) => \`Hello \${name} from \${sender.host}\` },
});
const client = await createEndpoint({ port: 0 });
const peer = client.peer<typeof server>('127.0.0.1:1234');
const outcome = await peer.call('sayhi', ['Snake'], { timeoutMs: 5_000 });
export const said: string = outcome.state === 'resolved' ? outcome.value : outcome.state;

// @ts-expect-error There is no such procedure.
await peer.call('sayho', ['Snake']);
// @ts-expect-error The name is a string.
await peer.call('sayhi', [7]);
// @ts-expect-error An outcome has no value before its state is known.
export const unchecked: string = outcome.value;
`;

const SIMULATED = `
import { createEndpoint } from 'rpcudp';
import { SeededRandom, SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';

const clock = new SimulatedClock();
const network = new SimulatedNetwork({ clock, seed: 1, delayMs: { min: 20, max: 20 } });
const open = (host, options) => {
  const transport = network.transport(host, 1);
  return createEndpoint({ transport, clock, random: new SeededRandom(1, host), ...options });
};
const server = await open('10.0.0.1', { handlers: { double: (_scope, n) => n * 2 } });
const client = await open('10.0.0.2');
const { value } = await clock.runUntil(client.peer(server.address).call('double', [21]));
console.log(value, clock.nowMs());
await Promise.all([client.close(), server.close()]);
`;

const SIMULATED_TYPED = `
import { createEndpoint, type Clock, type Random, type Transport } from 'rpcudp';
import { SeededRandom, SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';
import type { LinkConditions, NetworkStats } from 'rpcudp/testing';

const clock = new SimulatedClock();
const network = new SimulatedNetwork({ clock, seed: 1, lossRate: 0.3 });
const edges: { clock: Clock; random: Random; transport: Transport } = {
  clock,
  random: new SeededRandom(1).fork('edge'),
  transport: network.transport('10.0.0.1', 1),
};
const server = await createEndpoint({
  ...edges,
  handlers: { double: (_scope, n: number) => n * 2 },
});
const call = server.peer<typeof server>('10.0.0.1:1').call('double', [21]);
const outcome = await clock.runUntil(call);
export const doubled: number = outcome.state === 'resolved' ? outcome.value : 0;
export const stats: NetworkStats = network.stats;
export const link: Partial<LinkConditions> = { delayMs: { min: 1, max: 2 } };

// @ts-expect-error A network has a seed.
new SimulatedNetwork({ clock });
`;

const CLUSTERED = `
import cluster from 'node:cluster';
import { createEndpoint } from 'rpcudp';
import { forkWorkers, joinCluster } from 'rpcudp/cluster';

if (cluster.isPrimary) {
  const workers = await forkWorkers({ workers: 2 });
  const client = await createEndpoint({ host: '127.0.0.1' });
  const { value } = await client.peer(workers.addresses[0]).call('workers');
  console.log(value, workers.addresses.length);
  await client.close();
  await workers.close();
} else {
  const member = await joinCluster();
  const endpoint = await createEndpoint({
    transport: member.transport({ host: '127.0.0.1', port: 0 }),
    handlers: { workers: () => member.workers },
  });
  member.onClose(() => endpoint.close());
}
`;

const CLUSTERED_TYPED = `
import { createEndpoint } from 'rpcudp';
import { forkWorkers, joinCluster } from 'rpcudp/cluster';
import type { ClusterMember, ClusterWorkers, Forwarding, WorkerReport } from 'rpcudp/cluster';

const exec = new URL('worker.js', import.meta.url);
const workers: ClusterWorkers = await forkWorkers({ workers: 2, exec, args: [] });
workers.on('worker.ended', ({ slot, restartInMs = 0 }) => slot + restartInMs);
const hear: (report: WorkerReport) => void = ({ slot }) => slot;
workers.on('*', hear);
const member: ClusterMember = await joinCluster();
const transport = member.transport({ port: 1234 });
export const counts: Forwarding = transport.forwarding;
await createEndpoint({ transport });
await createEndpoint({ port: 1234, reusePort: true });

// @ts-expect-error A transport has a port.
member.transport({ host: '127.0.0.1' });
`;

const INSPECTED = `
import { createEndpoint } from 'rpcudp';
import { readRecording, recordEndpoint, recordToFile, serveInspector } from 'rpcudp/inspector';

const server = await createEndpoint({ host: '127.0.0.1', handlers: { double: (_scope, n) => n * 2 } });
const client = await createEndpoint({ host: '127.0.0.1' });
const inspector = await serveInspector([server, client]);
const page = await (await fetch(inspector.url)).text();
const file = await recordToFile('calls.jsonl');
recordEndpoint(client, file.record);
const { value } = await client.peer(server.address).call('double', [21]);
await Promise.all([client.close(), server.close()]);
await Promise.all([inspector.close(), file.close()]);
const { records } = await readRecording('calls.jsonl');
console.log(value, page.includes('<title>'), records.filter(({ type }) => type === 'call').length);
`;

const INSPECTED_TYPED = `
import { createEndpoint } from 'rpcudp';
import { feedInspector, recordEndpoint, serveInspector } from 'rpcudp/inspector';
import type { Inspector, InspectorFeed, RecordOf, Recording } from 'rpcudp/inspector';

const endpoint = await createEndpoint();
const inspector: Inspector = await serveInspector(endpoint, { port: 0, mask: ['password'] });
const feed: InspectorFeed = feedInspector([endpoint], inspector.url, { maxCallsPerSecond: 10 });
const calls: RecordOf<'call'>[] = [];
const recording: Recording = recordEndpoint(endpoint, (record) => {
  if (record.type === 'call') calls.push(record);
});
recording.stop();
await feed.close();

// @ts-expect-error An inspector is served only on this machine.
await serveInspector(endpoint, { host: '0.0.0.0' });
`;

const MEASURED = `
import { createEndpoint } from 'rpcudp';
import { prometheus } from 'rpcudp/metrics';

const endpoint = await createEndpoint({ host: '127.0.0.1', latencies: true });
const kept = new Map();
const { unsubscribe } = prometheus(endpoint, {
  registerMetric: (metric) => kept.set(metric.name, metric),
  getSingleMetric: (name) => kept.get(name),
  removeSingleMetric: (name) => kept.delete(name),
});
console.log(kept.has('rpcudp_calls_total'));
unsubscribe();
console.log(kept.size);
await endpoint.close();
`;

const MEASURED_TYPED = `
import { createEndpoint } from 'rpcudp';
import type { Latencies } from 'rpcudp';
import { openTelemetry, prometheus } from 'rpcudp/metrics';
import type { OpenTelemetryOptions, PrometheusRegistry } from 'rpcudp/metrics';

export async function measured(registry: PrometheusRegistry, options: OpenTelemetryOptions) {
  const endpoint = await createEndpoint({ latencies: true });
  const metering = prometheus(endpoint, registry, { name: 'one' });
  const tracing = await openTelemetry(endpoint, options);
  metering.unsubscribe();
  tracing.unsubscribe();
  const latencies: Latencies | undefined = endpoint.stats().latencies;
  return latencies?.calls['x']?.p99Ms;
}
// @ts-expect-error It is no registry.
export const wrong: PrometheusRegistry = {};
`;

/** A module that exports what each public function gives. Its declarations must have names for all. */
const EXPORTED = `
import * as rpcudp from 'rpcudp';
import { forkWorkers, joinCluster } from 'rpcudp/cluster';
import { feedInspector, readRecording, recordEndpoint, recordToFile, serveInspector } from 'rpcudp/inspector';
import { openTelemetry, prometheus } from 'rpcudp/metrics';
import { SeededRandom, SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';

const schema = {} as rpcudp.StandardSchema<[name: string]>;
export const contract = rpcudp.defineContract({ sayhi: { args: schema } });
export const server = await rpcudp.createEndpoint({ contract, handlers: { sayhi: (_, name) => name } });
export const plain = await rpcudp.createEndpoint({ handlers: { sayhi: (_, name: string) => name } });
class Service {
  rpc_ping(_: rpcudp.HandlerScope, n: number) {
    return n;
  }
}
export const methods = rpcudp.handlersOf(new Service(), 'rpc_');
interface User {
  readonly name: string;
}
export const auth: rpcudp.Middleware<{ user: User }> = (_, next) => next({ user: { name: 'x' } });
export const typed = await rpcudp.createEndpoint({
  use: [auth, (request, next) => next()],
  intercept: [(call, next) => next({ timeoutMs: 5 })],
  handlers: { who: ({ context }) => context.user, greet: ({ sender }, word: string) => word },
});
export const agreed = await rpcudp.createEndpoint({
  contract,
  use: [auth],
  handlers: { sayhi: ({ context }, name) => name + context.user.name },
});
export const checked = plain.peer('127.0.0.1:1', contract);
export const peer = plain.peer<typeof plain>('127.0.0.1:1');
export const untyped = plain.peer('127.0.0.1:1');
export const snapshot = peer.getSnapshot();
export const selected = peer.select(({ health }) => health);
export const call = peer.call('sayhi', ['x']);
export const stub = peer.remote.sayhi('x');
export const checkedCall = checked.call('sayhi', ['x']);
export const ofCall = { snapshot: call.getSnapshot(), outcome: await call, value: call.value() };
export const { remote } = checked;
export const actors = rpcudp.actorsOf(contract);
export const typedActors = rpcudp.actorsOf<typeof plain>();
export const logic = { peer: typedActors.peer, sayhi: typedActors.call('sayhi') };
export const machine = rpcudp.callMachine;
export const observer = rpcudp.legible(() => undefined);
export const stats = plain.stats();
export const listening = [peer.on('*', () => {}), plain.on('*', () => {}), plain.inspect(observer)];
export const failing = () => rpcudp.fail('code', 'text');

export const workers = await forkWorkers({ workers: 1 });
export const member = await joinCluster();
export const shared = member.transport({ port: 1 });
export const inspector = await serveInspector(plain);
export const feed = feedInspector(plain, inspector.url);
export const file = await recordToFile('x');
export const recording = recordEndpoint(plain, file.record);
export const contents = await readRecording('x');
export const metering = prometheus(plain, {} as Parameters<typeof prometheus>[1]);
export const tracing = await openTelemetry(plain, {});
export const clock = new SimulatedClock();
export const network = new SimulatedNetwork({ clock, seed: 1 });
export const ofNetwork = { transport: network.transport('10.0.0.1', 1), stats: network.stats };
export const random = new SeededRandom(1).fork('x');
`;

t.test('the tarball, installed into an empty project', async (t) => {
  const root = process.cwd();
  const home = t.testdir();
  const consumer = join(home, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }');

  const packed = pack(home);
  const paths = new Set(packed.files.map(({ path }) => path));

  await t.test('has everything that is needed and nothing else', (t) => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|(src|demos|test)\/(.+\/)?README\.md|\.github\/.+\.md|.+\.(png|svg)|dist\/.+\.(js|d\.ts|html|css|lua|svg)(\.map)?|dist\/inspector\/page\/licenses\.txt)$/;
    t.same(
      [...paths].filter((path) => !allowed.test(path)),
      [],
    );
    t.same(
      [...paths].filter((path) => /(^|\/)(test|fixtures|demos)\/.+\.[jt]s$/.test(path)),
      [],
    );
    for (const path of [
      ...['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'LICENSE'],
      ...['dist/testing/index.js', 'dist/testing/index.d.ts'],
      ...['dist/metrics/index.js', 'dist/metrics/index.d.ts'],
      ...['dist/inspector/index.js', 'dist/inspector/index.d.ts', 'dist/inspector/page/index.html'],
      'dist/inspector/capture/wireshark/rpcudp.lua',
    ]) {
      t.ok(paths.has(path), `holds ${path}`);
    }
    t.ok(packed.size <= MAX_PACKED_BYTES, `${packed.size} bytes packed`);
    let rest = packed.files;
    for (const [folder, maxBytes] of MAX_PART_BYTES) {
      const part = rest.filter(({ path }) => path.startsWith(folder));
      rest = rest.filter(({ path }) => !path.startsWith(folder));
      const bytes = part.reduce((sum, { size }) => sum + size, 0);
      t.ok(bytes > 0 && bytes <= maxBytes, `${bytes} bytes unpacked in '${folder}'`);
    }
    t.end();
  });

  await t.test('has source maps that lead to sources in it', (t) => {
    const lost = [...paths].filter((path) => path.endsWith('.map') && !leads(path, paths));
    t.same(lost, []);
    t.end();
  });

  install(consumer, join(home, packed.filename));

  await t.test('makes a call between two endpoints from JavaScript', (t) => {
    writeFileSync(join(consumer, 'hello.js'), HELLO);
    t.equal(run(process.execPath, ['hello.js'], consumer), 'resolved Hello Snake from 127.0.0.1\n');
    t.end();
  });

  await t.test('has a network and a clock for tests', (t) => {
    writeFileSync(join(consumer, 'simulated.js'), SIMULATED);
    t.equal(run(process.execPath, ['simulated.js'], consumer), '42 40\n', 'the answer, at 40 ms');
    t.end();
  });

  await t.test('serves one port with two workers', (t) => {
    writeFileSync(join(consumer, 'clustered.js'), CLUSTERED);
    t.equal(run(process.execPath, ['clustered.js'], consumer), '2 1\n');
    t.end();
  });

  await t.test('shows and records what happens', (t) => {
    writeFileSync(join(consumer, 'inspected.js'), INSPECTED);
    t.equal(run(process.execPath, ['inspected.js'], consumer), '42 true 1\n');
    t.end();
  });

  await t.test('tells its counts to a registry', (t) => {
    writeFileSync(join(consumer, 'measured.js'), MEASURED);
    t.equal(run(process.execPath, ['measured.js'], consumer), 'true\n0\n');
    t.end();
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    await t.test(`has types for users with moduleResolution ${moduleResolution}`, (t) => {
      writeFileSync(join(consumer, 'typed.ts'), TYPED);
      writeFileSync(join(consumer, 'simulated-typed.ts'), SIMULATED_TYPED);
      writeFileSync(join(consumer, 'clustered-typed.ts'), CLUSTERED_TYPED);
      writeFileSync(join(consumer, 'inspected-typed.ts'), INSPECTED_TYPED);
      writeFileSync(join(consumer, 'measured-typed.ts'), MEASURED_TYPED);
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'es2023',
        strict: true,
        noEmit: true,
        // The declarations of the package are tested here, so they are not skipped.
        skipLibCheck: false,
        // What they need of Node.js they name themselves.
        types: [],
        typeRoots: [resolve('node_modules/@types')],
      };
      writeFileSync(
        join(consumer, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions,
          files: [
            ...['typed.ts', 'simulated-typed.ts', 'clustered-typed.ts', 'inspected-typed.ts'],
            'measured-typed.ts',
          ],
        }),
      );
      t.equal(run(process.execPath, [resolve('node_modules/typescript/bin/tsc')], consumer), '');
      t.end();
    });
  }

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    await t.test(`names all that its functions give, with ${moduleResolution}`, (t) => {
      writeFileSync(join(consumer, 'exported.ts'), EXPORTED);
      const flags = ['--declaration', '--emitDeclarationOnly', '--outDir', 'declared', '--strict'];
      const how = ['--module', module, '--moduleResolution', moduleResolution];
      const rest = ['--target', 'es2023', '--types', 'node', '--skipLibCheck'];
      const roots = ['--typeRoots', resolve('node_modules/@types')];
      const tsc = resolve('node_modules/typescript/bin/tsc');
      const args = [tsc, ...flags, ...how, ...rest, ...roots, 'exported.ts'];
      t.equal(run(process.execPath, [...args, '--ignoreConfig'], consumer), '');
      const declared = readFileSync(join(consumer, 'declared/exported.d.ts'), 'utf8');
      t.notMatch(declared, /rpcudp\/dist|: any\b/, 'by what is exported alone');
      t.end();
    });
  }

  await t.test('has the command', (t) => {
    t.match(run('npx', ['--no-install', 'rpcudp', '--help'], consumer), /Usage: rpcudp/);
    t.end();
  });

  function leads(path: string, held: ReadonlySet<string>): boolean {
    const map = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      sources: string[];
      sourcesContent?: string[];
    };
    return (
      map.sourcesContent?.length === map.sources.length ||
      map.sources.every((source) => held.has(posix.join(posix.dirname(path), source)))
    );
  }
});
