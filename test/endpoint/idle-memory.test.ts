/** The memory of an endpoint grows with what it does. One that does little takes little. */
import t from 'tap';
import type * as Library from '../../src/index.js';
import type { Endpoint } from '../../src/api/endpoint.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork } from '../../src/testing/network.js';
import { SeededRandom } from '../../src/testing/random.js';
import { collectGarbage } from '../fixtures/garbage.js';

/**
 * As built: the loader of tests gives every function a name as a property, which takes 3 KB for each
 * endpoint.
 */
const BUILT = new URL('../../dist/index.js', import.meta.url).href;
const { createEndpoint } = (await import(BUILT)) as typeof Library;

const PORT = 4_000;
const KIB = 1_024;
/** What is made once, such as compiled code, is made for these. */
const FIRST = 50;
const MORE = 1_000;

/** Idle endpoints on one network, each at a host of its own. */
class Overlay {
  readonly clock = new SimulatedClock();
  readonly endpoints: Endpoint<{ ping: () => string }>[] = [];
  readonly #network = new SimulatedNetwork({ clock: this.clock, seed: 1 });

  async open(count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += 1) {
      const host = this.hostOf(this.endpoints.length);
      const transport = this.#network.transport(host, PORT);
      const edges = { transport, clock: this.clock, random: new SeededRandom(1, host) };
      this.endpoints.push(await createEndpoint({ ...edges, handlers: { ping: () => 'pong' } }));
    }
  }

  hostOf(index: number): string {
    return `10.0.${index >> 8}.${index & 255}`;
  }

  /** Each endpoint makes this many calls to the next one. */
  async callRound(calls: number): Promise<void> {
    for (let made = 0; made < calls; made += 1) {
      const open = this.endpoints.map((endpoint, index) => {
        const host = this.hostOf((index + 1) % this.endpoints.length);
        return endpoint.peer<{ ping: () => string }>({ host, port: PORT }).call('ping');
      });
      for (const call of open) await this.clock.runUntil(call);
    }
  }

  async close(): Promise<void> {
    for (const endpoint of this.endpoints) await this.clock.runUntil(endpoint.close());
  }
}

async function bytesInUse(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

t.test('an idle endpoint takes at most 20 KiB', async (t) => {
  const overlay = new Overlay();
  await overlay.open(FIRST);
  const before = await bytesInUse();
  await overlay.open(MORE);
  const kib = ((await bytesInUse()) - before) / MORE / KIB;
  t.ok(kib <= 20, `${kib.toFixed(1)} KiB`);
  const ping = overlay.endpoints[0]!.peer({ host: overlay.hostOf(9), port: PORT }).call('ping');
  t.match(await overlay.clock.runUntil(ping), { state: 'resolved' }, 'and works');
  await overlay.close();
});

t.test('one that made and served twenty calls takes at most as much again', async (t) => {
  const overlay = new Overlay();
  await overlay.open(FIRST);
  await overlay.callRound(20);
  await overlay.open(MORE);
  const before = await bytesInUse();
  await overlay.callRound(20);
  const kib = ((await bytesInUse()) - before) / MORE / KIB;
  t.ok(kib <= 20, `${kib.toFixed(1)} KiB`);
  await overlay.close();
});
