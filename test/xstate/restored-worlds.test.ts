/**
 * Clients that are killed and restored at random times, over a network that loses, copies and delays
 * datagrams. Whatever happens, a request runs once at most, and what the machines are told is true.
 */
import t from 'tap';
import type { Test } from 'tap';
import { createActor, toPromise } from 'xstate';
import type { Snapshot } from 'xstate';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { Outcome } from '../../src/api/outcome.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { SeededRandom } from '../../src/testing/random.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

const SEEDS = 60;
const CALLS = 6;
const HOST = '10.0.7.7';
const LINK = { lossRate: 0.15, duplicationRate: 0.2, delayMs: { min: 1, exponentialMean: 40 } };

async function open(world: World, port: number) {
  const transport = world.network.transport(HOST, port);
  return { endpoint: await world.endpoint({ host: HOST, port, transport }), transport };
}

/** The calls of one life, each by a machine of its own: new ones, or those of these files. */
function begin(endpoint: AnyEndpoint, address: string, timeoutMs: number, files: Files) {
  const logic = actorsOf(endpoint).outcome('work');
  return Array.from({ length: CALLS }, (_, number) => {
    const input = { address, args: [number], timeoutMs };
    const snapshot = files[number] as never;
    return createActor(logic, files.length === 0 ? { input } : { input, snapshot }).start();
  });
}

type Files = readonly Snapshot<unknown>[];

for (let seed = 1; seed <= SEEDS; seed += 1) {
  t.test(
    `seed ${seed}`,
    inWorld(
      async (t, world) => {
        const random = new SeededRandom(seed, '/lives');
        const below = (most: number) => random.unit() * most;
        const pick = <Item>(...items: readonly Item[]) =>
          items[Math.floor(below(items.length))] as Item;
        const runs = new Map<number, number>();
        const server = await world.endpoint({
          handlerTimeoutMs: 120_000,
          handlers: {
            work: async (_: HandlerScope, number: number) => {
              const run = (runs.get(number) ?? 0) + 1;
              runs.set(number, run);
              const forMs = below(pick(100, 1_000, 10_000));
              await new Promise<void>((resolve) => world.clock.setTimeout(resolve, forMs));
              return `${number} in run ${run}`;
            },
          },
        });
        const { host, port } = server.address;
        const address = `${host}:${port}`;
        const timeoutMs = pick(5_000, 30_000, 90_000);
        let life = await open(world, 1_000);
        if (random.unit() < 0.5) await world.clock.runUntil(life.endpoint.peer(address).call('no'));
        let files: Files = [];
        for (let lives = pick(1, 1, 2); lives > 0; lives -= 1) {
          const actors = begin(life.endpoint, address, timeoutMs, files);
          await world.clock.advance(below(pick(20, 500, 3_000)));
          const texts = actors.map((actor) => JSON.stringify(actor.getPersistedSnapshot()));
          files = texts.map((text) => JSON.parse(text) as Snapshot<unknown>);
          await world.clock.advance(below(pick(20, 500)));
          await life.transport.close();
          await world.clock.advance(below(pick(100, 10_000, 40_000, 80_000)));
          if (random.unit() < 0.2) world.clock.jumpWall(pick(-100_000, -1_000, 1_000, 100_000));
          life = await open(world, pick(1_000, 1_000, 1_000, 1_001 + lives));
        }
        const actors = begin(life.endpoint, address, timeoutMs, files);
        const outcomes = await world.clock.runUntil(
          Promise.all(actors.map((actor) => toPromise(actor))),
        );
        for (const [number, outcome] of outcomes.entries()) check(t, number, outcome);
        await world.clock.advance(120_000);
        t.strictSame(
          [...runs].filter(([, count]) => count > 1),
          [],
          'each ran once at most',
        );
        world.errors.length = 0;
      },
      { seed, watched: false, ...LINK },
    ),
  );
}

function check(t: Test, number: number, outcome: Outcome): void {
  if (outcome.state === 'resolved') t.equal(outcome.value, `${number} in run 1`);
  else if (outcome.state === 'timedOut') t.equal(outcome.executed, 'maybe');
  else t.fail(`${number} was ${outcome.state}`);
}
