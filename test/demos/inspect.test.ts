import { EventEmitter, once } from 'node:events';
import t from 'tap';
import type { Test } from 'tap';
import type { InspectionRecord } from '../../src/inspector/record.js';
import { watchInspector } from '../../src/inspector/hub/watch.js';
import { isRunning, startDemo, watchedAt } from './start-demo.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const DEMO = 'inspect/main.ts';

/** The records of an inspector, as they come. */
async function watching(t: Test, url: string) {
  const seen: InspectionRecord[] = [];
  const told = new EventEmitter();
  const watch = await watchInspector(url, {
    records: (records) => {
      seen.push(...records);
      told.emit('told');
    },
    caughtUp: () => undefined,
    connection: () => undefined,
  });
  t.teardown(() => watch.close());
  return async (isThere: (record: InspectionRecord) => boolean): Promise<InspectionRecord> => {
    for (;;) {
      const found = seen.find(isThere);
      if (found !== undefined) return found;
      await once(told, 'told');
    }
  };
}

async function processIds(find: Awaited<ReturnType<typeof watching>>): Promise<number[]> {
  const found = await Promise.all(
    ['server', 'client'].map((name) =>
      find((record) => record.type === 'endpoint' && record.name === name),
    ),
  );
  return found.map((record) => (record as { processId: number }).processId);
}

t.test(
  'the demo shows calls that go well and every way to go wrong, and Ctrl-C ends everything',
  async (t) => {
    const demo = startDemo(t, DEMO);
    const find = await watching(t, await watchedAt(demo));
    const isStep = (state: string, event?: string) => (record: InspectionRecord) =>
      record.type === 'step' &&
      record.state === state &&
      (event === undefined || record.event === event);

    t.ok(await find(isStep('resolved')), 'a call resolves');
    t.ok(await find(isStep('awaiting', 'retransmitted')), 'one is sent again');
    t.match(await find(isStep('timedOut', 'expired')), { because: /\w/ }, 'one times out, and why');
    t.match(await find(isStep('late')), { lateByMs: Number }, 'one comes late');
    t.match(
      await find(isStep('rejected')),
      { outcome: { error: { code: String } } },
      'one is rejected',
    );
    t.match(await find(isStep('refused')), { because: 'unknownProcedure' }, 'one is refused');

    const children = await processIds(find);
    t.equal(new Set([demo.pid, ...children]).size, 3, 'in processes of their own');
    demo.kill('SIGINT');
    const { exitCode, stdout, stderr } = await demo.ended();
    t.strictSame([exitCode, stderr], [0, '']);
    t.match(stdout, /The link carried [1-9]\d* of \d+ datagrams, lost \d+ and copied \d+\.\n$/);
    t.strictSame(children.map(isRunning), [false, false]);
  },
);

for (const to of ['kill', 'killGroup'] as const) {
  const whom = to === 'kill' ? 'its main process' : 'all its processes';
  t.test(`SIGTERM to ${whom} ends the demo and everything that it started`, async (t) => {
    const demo = startDemo(t, DEMO);
    const children = await processIds(await watching(t, await watchedAt(demo)));
    demo[to]('SIGTERM');
    const { exitCode, stdout, stderr } = await demo.ended();
    t.strictSame([exitCode, stderr], [0, '']);
    t.match(stdout, /The link carried .*\n$/);
    t.strictSame(children.map(isRunning), [false, false]);
  });
}

t.test('with --seconds it ends by itself', async (t) => {
  const demo = startDemo(t, DEMO, '--seconds', '0.2', '--seed', '2');
  await watchedAt(demo);
  t.match(await demo.ended(), { exitCode: 0, stderr: '' });
});

t.test('when the demo is killed, none of its processes continues', async (t) => {
  const demo = startDemo(t, DEMO);
  const children = await processIds(await watching(t, await watchedAt(demo)));
  demo.kill('SIGKILL');
  while (children.some(isRunning)) await new Promise(setImmediate);
  t.pass('its processes have ended');
});
