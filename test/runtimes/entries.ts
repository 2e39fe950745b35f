/** Entries: what the entries of the package offer beside calls, under the runtime at hand. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Registry } from 'prom-client';
import { forkWorkers, joinCluster } from '../../src/cluster/index.js';
import { createEndpoint } from '../../src/index.js';
import { feedInspector, serveInspector } from '../../src/inspector/index.js';
import { prometheus } from '../../src/metrics/index.js';
import { SeededRandom, SimulatedClock, SimulatedNetwork } from '../../src/testing/index.js';
import { isForeign } from '../../src/transport/foreign-socket.js';
import type { Checks } from '../fixtures/checks.js';

const HOST = '127.0.0.1';
const ping = { ping: () => 'pong' };

/** The other lives of the program, by its first argument. */
export const LIVES: Readonly<Record<string, () => Promise<void>>> = {
  /** It must end by itself. */
  unref: async () => {
    const endpoints = await Promise.all([
      createEndpoint({ host: HOST, handlers: ping }),
      createEndpoint(),
    ]);
    for (const endpoint of endpoints) endpoint.unref();
  },
  worker: async () => {
    const member = await joinCluster();
    const transport = member.transport({ host: HOST, port: 0 });
    const endpoint = await createEndpoint({ transport, handlers: ping });
    member.onClose(() => endpoint.close());
  },
};

export function entriesContract(t: Checks): void {
  t.test('both IP versions, and a host by its name', async (t) => {
    const server = await createEndpoint({ handlers: ping });
    const client = await createEndpoint();
    t.teardown(() => Promise.all([server.close(), client.close()]));
    for (const host of [HOST, 'localhost']) {
      const call = client.peer<typeof server>(`${host}:${server.address.port}`).call('ping');
      t.match(await call, { state: 'resolved', value: 'pong' }, host);
    }
  });

  t.test('an unreferenced endpoint keeps no process alive', async (t) => {
    // `fork` knows how this runtime is started.
    const child = fork(process.argv[1] ?? '', ['unref'], { stdio: 'inherit' });
    child.disconnect();
    t.strictSame(await once(child, 'exit'), [0, null]);
  });

  t.test('a network and a clock in memory', async (t) => {
    const clock = new SimulatedClock();
    const network = new SimulatedNetwork({ clock, seed: 1, delayMs: { min: 20, max: 20 } });
    const open = (host: string) =>
      createEndpoint({
        transport: network.transport(host, 1),
        clock,
        random: new SeededRandom(1, host),
        handlers: ping,
      });
    const [server, client] = [await open('10.0.0.1'), await open('10.0.0.2')];
    const call = client.peer<typeof server>(server.address).call('ping');
    t.match(await clock.runUntil(call), { value: 'pong', rttMs: 40 });
    await clock.runUntil(Promise.all([server.close(), client.close()]));
  });

  t.test('the inspector serves its page, and hears of other processes', async (t) => {
    const endpoint = await createEndpoint({ host: HOST, handlers: ping });
    const inspector = await serveInspector(endpoint);
    const feed = feedInspector([endpoint], inspector.url);
    t.match(await endpoint.peer(endpoint.address).call('ping'), { value: 'pong' });
    t.match(await (await fetch(inspector.url)).text(), /<title>/);
    await endpoint.close();
    await feed.close();
    await inspector.close();
  });

  t.test(
    'Prometheus gets the counts, and latencies are told where the runtime has them',
    async (t) => {
      const endpoint = await createEndpoint({ host: HOST, handlers: ping, latencies: true });
      const registry = new Registry();
      const metering = prometheus(endpoint, registry, { name: 'one' });
      t.match(await endpoint.peer(endpoint.address).call('ping'), { value: 'pong' });
      t.match(
        await registry.metrics(),
        /^rpcudp_calls_total\{endpoint="one",outcome="resolved"\} 1$/m,
      );
      const { latencies } = endpoint.stats();
      t.strictSame(latencies?.calls['ping']?.count, latencies && 1);
      metering.unsubscribe();
      await endpoint.close();
    },
  );

  t.test('workers share a port, or are refused at once', async (t) => {
    if (isForeign()) {
      await t.rejects(forkWorkers({ workers: 2 }), { message: /need Node\.js or Bun/ as never });
      return;
    }
    const workers = await forkWorkers({ workers: 2, args: ['worker'] });
    const client = await createEndpoint({ host: HOST });
    t.teardown(() => Promise.all([client.close(), workers.close()]));
    const [address] = workers.addresses;
    t.match(await client.peer<typeof ping>(address!).call('ping'), { value: 'pong' });
  });
}
