import t from 'tap';
import { WatchingPage } from '../fixtures/inspector-client.js';
import { isRunning, startDemo, watchedAt } from './start-demo.js';

// Six processes, each of which has TypeScript to load.
t.setTimeout(600_000);

const DEMO = 'gossip/main.ts';
const NAMES = ['A', 'B', 'C', 'D', 'E'];

/** The process ids of the nodes, once all have started. */
async function nodesOf(demo: ReturnType<typeof startDemo>): Promise<number[]> {
  const ids = [];
  for (const name of NAMES) {
    const [, id] = await demo.printed(new RegExp(`^${name} is process (\\d+) at 127`, 'm'));
    ids.push(Number(id));
  }
  return ids;
}

t.test('all notice that a node was killed, and it catches up when it is back', async (t) => {
  const { exitCode, stdout, stderr } = await startDemo(t, DEMO).ended();
  t.strictSame([exitCode, stderr], [0, '']);
  const lines = stdout.split('\n');
  let last = -1;
  for (const line of [
    /^Of the others, each knew A alone\. After \S+ s all know all\.$/,
    /^8 keys are written through A$/,
    /^All 8 are read through E in \S+ s: earth = 365 days, …$/,
    /^C is killed$/,
    /^After \S+ s all others have noticed$/,
    /^Meanwhile D takes a new key, and a new value of an old one$/,
    /^All 9 are read through E in \S+ s: earth = 365\.25 days, …$/,
    /^C is started again as process \d+, with an empty store$/,
    /^All 9 are read through C in \S+ s: earth = 365\.25 days, …$/,
    /^C has caught up$/,
    /^All was as it should be$/,
  ]) {
    const at = lines.findIndex((found, index) => index > last && line.test(found));
    t.ok(at > last, `${line} in its place`);
    last = at;
  }
  const [killed, noticed] = ['C is killed', 'others have noticed'].map((text) =>
    lines.findIndex((line) => line.includes(text)),
  );
  const between = lines.slice(killed, noticed).join('\n');
  for (const name of ['A', 'B', 'D', 'E']) {
    t.match(between, new RegExp(`^  ${name} finds C silent`, 'm'), `${name} says that it noticed`);
    t.match(stdout, new RegExp(`^  ${name} hears C again$`, 'm'), `${name} says that it is back`);
  }
});

t.test('with --seconds it goes on with other nodes', async (t) => {
  const demo = startDemo(t, DEMO, '--seconds', '600');
  await demo.printed(/^D is killed$/m);
  await demo.printed(/^D has caught up$/m);
  demo.kill('SIGINT');
  t.match(await demo.ended(), { exitCode: 0, stderr: '' });
});

for (const [signal, to] of [
  ['SIGINT', 'kill'],
  ['SIGTERM', 'killGroup'],
] as const) {
  t.test(`${signal} ends it and its nodes, in the middle of its story (${to})`, async (t) => {
    const demo = startDemo(t, DEMO, '--seconds', '600');
    const ids = await nodesOf(demo);
    await demo.printed(/^C is killed$/m);
    demo[to](signal);
    const { exitCode, stdout, stderr } = await demo.ended();
    t.strictSame([exitCode, stderr], [0, '']);
    t.notMatch(stdout, 'All was as it should be');
    t.strictSame(ids.filter(isRunning), []);
  });
}

t.test('when the demo is killed, none of its nodes continues', async (t) => {
  const demo = startDemo(t, DEMO);
  const ids = await nodesOf(demo);
  demo.kill('SIGKILL');
  while (ids.some(isRunning)) await new Promise(setImmediate);
  t.pass('its nodes have ended');
});

t.test('with --inspect the page shows all nodes, and what they think of the others', async (t) => {
  const demo = startDemo(t, DEMO, '--inspect');
  const page = new WatchingPage(await watchedAt(demo));
  await page.sees((records) =>
    NAMES.every((name) => records.some((r) => r.type === 'endpoint' && r.name === name)),
  );
  await page.sees((records) =>
    records.some((r) => r.type === 'call' && r.procedure === 'exchange'),
  );
  await page.sees((records) => records.some((r) => r.type === 'peer' && r.health === 'silent'));
  await demo.printed(/^The page stays open until Ctrl-C\.$/m);
  demo.kill('SIGINT');
  t.match(await demo.ended(), { exitCode: 0, stderr: '' });
});

t.test('an invalid option is reported', async (t) => {
  const { exitCode, stderr } = await startDemo(t, DEMO, '--seconds', 'soon').ended();
  t.not(exitCode, 0);
  t.match(stderr, /'soon' is invalid.*It must be a number from 0 to 86400\./);
});
