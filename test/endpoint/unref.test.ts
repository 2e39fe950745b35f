import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import type { Endpoint } from '../../src/api/endpoint.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { StartedProcess } from '../fixtures/started-process.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';
import { inWorld } from '../fixtures/world.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(120_000);

const SCRIPT = fileURLToPath(new URL('./unref-process.ts', import.meta.url));
const UNDER_WAY = {
  silent: 'timedOut',
  lingeringNow: 1,
  inFlightNow: 1,
  runningNow: 2,
  keptAliveBy: [],
};

/** A process with unreferenced endpoints, and the address of one of them. */
async function started(t: Test, what: 'end' | 'serve' | 'ref' | 'close') {
  const words = ['--import', import.meta.resolve('tsx'), SCRIPT, what];
  const child = new StartedProcess(t, process.execPath, words, process.cwd());
  const [line] = await child.printed(/^\{.*\}\n/);
  const { port, ...underWay } = JSON.parse(line) as { readonly port: number };
  // Otherwise it would live on, for longer than the test.
  if (!t.strictSame(underWay, UNDER_WAY)) child.kill('SIGKILL');
  return { child, address: `127.0.0.1:${port}` };
}

async function ping(t: Test, address: string): Promise<unknown> {
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  return await client.peer(address).call('ping').value();
}

t.test('a process ends by itself, whatever its unreferenced endpoints do', async (t) => {
  const { child } = await started(t, 'end');
  t.match(await child.ended(), { exitCode: 0, stderr: '' });
});

t.test(
  'an unreferenced endpoint serves while something else keeps the process alive',
  async (t) => {
    const { child, address } = await started(t, 'serve');
    t.equal(await ping(t, address), 'pong');
    child.endInput();
    t.match(await child.ended(), { exitCode: 0, stderr: '' });
  },
);

t.test('an endpoint that is referenced again keeps the process alive', async (t) => {
  const { child, address } = await started(t, 'ref');
  t.equal(await ping(t, address), 'pong');
  child.kill('SIGTERM');
  await child.ended();
});

t.test('closing keeps the process alive until it is done, within its grace', async (t) => {
  const { child } = await started(t, 'close');
  t.match(await child.ended(), { exitCode: 0, stdout: /\nclosed\n$/, stderr: '' });
});

t.test(
  'a transport without these methods, and a closed endpoint, make no difference',
  inWorld(async (t, world) => {
    const endpoint = await createEndpoint({ transport: new ScriptedTransport() });
    endpoint.unref();
    endpoint.ref();
    await endpoint.close();
    endpoint.unref();
    endpoint.ref();
    const simulated = await world.endpoint();
    simulated.unref();
    t.equal(world.clock.pendingTimers, 0);
  }),
);

export type Types = [
  Expect<Equal<Endpoint['unref'], () => void>>,
  Expect<Equal<Endpoint['ref'], () => void>>,
];
