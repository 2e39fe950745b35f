/**
 * Test runners: endpoints in the tests of users, under vitest, jest and node:test, with time that
 * is faked before the package is loaded, while endpoints live, or not at all.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { install, pack, run } from './fixtures/consumer.js';

// On a slow machine, npm takes its time.
t.setTimeout(600_000);

const CALLS = `
import { createSocket } from 'node:dgram';
import { createEndpoint } from 'rpcudp';
import { SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';

const host = '127.0.0.1';
const handlers = { ping: () => 'pong' };

/** A client, a server that answers, and a socket that does not. */
export async function openPair() {
  const silent = createSocket('udp4');
  await new Promise((resolve) => silent.bind(0, host, resolve));
  const server = await createEndpoint({ host, handlers });
  const client = await createEndpoint({ host });
  return {
    async outcomes() {
      const several = Array.from({ length: 20 }, () => client.peer(server.address).call('ping'));
      const [answered] = await Promise.all(several);
      const toSilent = client.peer({ host, port: silent.address().port });
      const lost = await toSilent.call('ping', [], { timeoutMs: 50 });
      return [answered.value, lost.state, await simulated()];
    },
    async close() {
      silent.close();
      await Promise.all([client.close(), server.close()]);
    },
  };
}

async function simulated() {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({ clock, seed: 1, delayMs: { min: 20, max: 20 } });
  const open = (host, options) =>
    createEndpoint({ transport: network.transport(host, 1), clock, ...options });
  const server = await open('10.0.0.1', { handlers });
  const client = await open('10.0.0.2');
  const { value } = await clock.runUntil(client.peer(server.address).call('ping'));
  await Promise.all([client.close(), server.close()]);
  return value + ' at ' + clock.nowMs();
}
`;

interface Runner {
  readonly name: string;
  /** Imports `test`, `before`, `after` and `same`. */
  readonly head: string;
  readonly fake: string;
  readonly restore: string;
  /** The ending of its files, and its command. */
  readonly ending: string;
  readonly command: readonly string[];
}

const RUNNERS: readonly Runner[] = [
  {
    name: 'node:test',
    head: `
      import { after, before, mock, test } from 'node:test';
      import { deepEqual as same } from 'node:assert/strict';`,
    fake: 'mock.timers.enable();',
    restore: 'mock.timers.reset();',
    ending: '.node.js',
    command: ['--test', 'later.node.js', 'sooner.node.js'],
  },
  {
    name: 'vitest',
    head: `
      import { afterAll as after, beforeAll as before, expect, test, vi } from 'vitest';
      const same = (is, wanted) => expect(is).toEqual(wanted);`,
    // All that it can fake, which is more than it does by default.
    fake: `vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
      'setImmediate', 'clearImmediate', 'Date', 'performance', 'hrtime', 'queueMicrotask'] });`,
    restore: 'vi.useRealTimers();',
    ending: '.spec.js',
    command: ['node_modules/vitest/vitest.mjs', 'run'],
  },
  {
    name: 'jest',
    head: `
      import { afterAll as after, beforeAll as before, expect, jest, test } from '@jest/globals';
      const same = (is, wanted) => expect(is).toEqual(wanted);`,
    fake: 'jest.useFakeTimers();',
    restore: 'jest.useRealTimers();',
    ending: '.jest.js',
    command: [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--testMatch=**/*.jest.js',
    ],
  },
];

/** The tests of a user, in which time is faked `sooner` than the package is loaded, or `later`. */
function tests({ head, fake, restore }: Runner, when: 'sooner' | 'later'): string {
  return `${head}
    ${when === 'sooner' ? fake : ''}
    const { openPair } = await import('./calls.js');
    const wanted = ['pong', 'timedOut', 'pong at 40'];
    let pair;
    before(async () => { pair = await openPair(); });
    after(() => pair.close());
    test('as it is at first', async () => same(await pair.outcomes(), wanted));
    test('while time is faked', async () => {
      ${when === 'later' ? fake : ''}
      same(await pair.outcomes(), wanted);
      const fresh = await openPair();
      same(await fresh.outcomes(), wanted);
      await fresh.close();
      ${restore}
    });
    test('after time was faked', async () => same(await pair.outcomes(), wanted));`;
}

t.test('calls end in the tests of users, with fake timers and without', async (t) => {
  const home = t.testdir();
  const project = join(home, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(project, 'calls.js'), CALLS);
  const { filename } = pack(home);
  try {
    install(project, join(home, filename), 'vitest@4', 'jest@30');
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    t.pass('installed', { skip: `needs the registry of npm: ${(error as Error).message}` });
    return;
  }
  for (const runner of RUNNERS) {
    for (const when of ['sooner', 'later'] as const) {
      writeFileSync(join(project, when + runner.ending), tests(runner, when));
    }
    // What the runner printed is in the error.
    t.doesNotThrow(() => run(process.execPath, runner.command, project), runner.name);
  }
});
