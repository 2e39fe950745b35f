import { actorsOf, createEndpoint } from 'rpcudp';
import type { AnyEndpoint, CallReport, PeerOf } from 'rpcudp';
import { serveInspector } from 'rpcudp/inspector';
import t from 'tap';
import { assign, createActor, sendTo, setup, waitFor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { chromium } from '../../fixtures/real-parts.js';
import { faintTexts } from './contrast.js';
import { startBrowser, Visitor } from './visitor.js';

t.setTimeout(240_000);

type Served = { sayhi: (scope: unknown, name: string) => string; ping: () => string };

const remote = actorsOf<Served>();

/** The machine of the README of `src/xstate`, whose name is a secret. */
const visitorMachine = setup({
  types: {
    input: {} as { peer: PeerOf<Served> },
    context: {} as { peer: PeerOf<Served>; answer: string; password: string },
  },
  actors: { sayhi: remote.call('sayhi') },
}).createMachine({
  id: 'visitor',
  context: ({ input }) => ({ peer: input.peer, answer: '', password: 'hunter2' }),
  initial: 'greeting',
  states: {
    greeting: {
      invoke: {
        src: 'sayhi',
        input: ({ context }) => ({ peer: context.peer, args: ['Snake'], timeoutMs: 30_000 }),
        onDone: { target: 'greeted', actions: assign({ answer: ({ event }) => event.output }) },
        onError: 'givenUp',
      },
    },
    greeted: { type: 'final' },
    givenUp: { type: 'final' },
  },
});

/** Nested, parallel, with a history, and with a peer that it spawns. */
const station = setup({
  types: {
    input: {} as { endpoint: AnyEndpoint; address: string },
    context: {} as { node: ActorRefFrom<typeof remote.peer>; seen: number },
    events: {} as { type: 'look' | 'pause' | 'resume' | 'leave'; password?: string } | CallReport,
  },
  actors: { node: remote.peer },
}).createMachine({
  id: 'station',
  context: ({ input, spawn }) => ({ node: spawn('node', { id: 'node', input }), seen: 0 }),
  initial: 'on',
  on: { leave: '.off' },
  states: {
    on: {
      type: 'parallel',
      states: {
        watch: {
          initial: 'idle',
          states: {
            idle: {
              on: {
                look: {
                  target: 'looking',
                  actions: sendTo(({ context }) => context.node, {
                    type: 'call',
                    procedure: 'ping',
                  }),
                },
              },
            },
            looking: {
              on: {
                'call.resolved': {
                  target: 'idle',
                  actions: assign({ seen: ({ context }) => context.seen + 1 }),
                },
              },
            },
          },
        },
        lamp: { initial: 'green', states: { green: { after: { 3_600_000: 'red' } }, red: {} } },
        back: { type: 'history' },
      },
      on: { pause: 'paused' },
    },
    paused: { on: { resume: 'on.back' } },
    off: { type: 'final' },
  },
});

t.test('Machines, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: { sayhi: (_: unknown, name: string) => `Hello ${name}`, ping: () => 'pong' },
  });
  const client = await createEndpoint({ host: '127.0.0.1' });
  const address = `127.0.0.1:${server.address.port}`;
  const stationActor = createActor(station, {
    id: 'station',
    input: { endpoint: client, address },
  }).start();
  const inspector = await serveInspector([server, client], {
    actors: stationActor,
    mask: ['password'],
    name: 'example',
  });
  t.teardown(async () => {
    stationActor.stop();
    await Promise.all([client.close(), server.close()]);
    await inspector.close();
  });
  const visiting = createActor(visitorMachine, {
    id: 'visitor',
    input: { peer: client.peer<Served>(address) },
    inspect: inspector.inspect,
  }).start();
  await waitFor(visiting, ({ status }) => status === 'done');
  const visitor = await Visitor.visit(t, browser, inspector.url);
  const { page } = visitor;
  const actor = (name: string) => page.locator(`[data-testid="actor"][data-actor="${name}"]`);
  const states = () => visitor.at('actor-detail').getAttribute('data-states');
  await visitor.show('machines');

  await t.test('the tree has all actors of each system', async (t) => {
    for (const name of ['station', 'node', 'visitor', 'sayhi']) await actor(name).waitFor();
    t.equal(await actor('node').getAttribute('aria-level'), '3');
  });

  await t.test('the chart of a machine is drawn, with the state that it is in', async (t) => {
    await actor('visitor').click();
    await visitor.at('chart').waitFor();
    t.equal(await visitor.at('chart').getAttribute('data-current'), 'greeted');
    t.equal(await states(), 'greeted');
    t.equal(await page.locator('[data-testid="chart-state"]').count(), 3);
    await visitor.reads('actor-context', /answer.: .Hello Snake/);
    await visitor.reads('actor-context', /password.: .\(masked\)/);
    await visitor.reads('actor-detail', /machine visitor.*done|done.*machine visitor/s);
  });

  await t.test('an earlier event shows the machine as it was', async (t) => {
    await visitor.at('step').last().click();
    await visitor.at('actor-then').waitFor();
    t.equal(await states(), 'greeting');
    await visitor.reads('actor-context', /answer.: ..,/);
    await page.keyboard.press('Home');
    t.equal(await states(), 'greeted');
    t.equal(await visitor.at('actor-then').count(), 0);
  });

  await t.test('its calls lead to the call view, and that back to the actor', async () => {
    await visitor.at('made-call').first().click();
    await visitor.reads('call', /sayhi/);
    await visitor.reads('made-by', /^visitor › sayhi$/);
    await visitor.at('made-by').click();
    await visitor.reads('actor-detail', /a call of sayhi/);
    await visitor.at('parent').click();
    await visitor.reads('actor-detail', /machine visitor/);
  });

  await t.test('a machine that runs is followed: nested, parallel, history', async (t) => {
    await actor('station').click();
    await page.locator('[data-testid="chart-state"][data-state="on.watch.idle"]').waitFor();
    t.equal(await states(), 'on.watch.idle on.lamp.green');
    for (const name of ['on', 'on.watch', 'on.watch.idle', 'on.lamp', 'on.lamp.green']) {
      const state = page.locator(`[data-testid="chart-state"][data-state="${name}"]`);
      t.equal(await state.getAttribute('data-current'), 'true', name);
    }
    stationActor.send({ type: 'look', password: 'hunter2' });
    await visitor.reads('actor-context', /seen.: 1/);
    await visitor.reads('steps', /look.*password.*masked/s);
    t.equal(await visitor.at('made-call').count(), 1);
    stationActor.send({ type: 'pause' });
    await page.locator('[data-testid="actor-detail"][data-states="paused"]').waitFor();
    stationActor.send({ type: 'resume' });
    await page.locator('[data-testid="chart-edge"][data-from="paused"].edge-taken').waitFor();
  });

  await t.test('the tree is operated by keys', async (t) => {
    await actor('station').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-actor="node"]:focus').waitFor();
    await visitor.reads('actor-detail', /node/);
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-actor="station"]:focus').waitFor();
    await page.keyboard.press('ArrowLeft');
    await actor('node').waitFor({ state: 'detached' });
    t.equal(await actor('station').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    await actor('node').waitFor();
    await page.keyboard.press('End');
    await visitor.reads('actor-detail', /sayhi/);
  });

  await t.test(
    'all text is readable and fits, and nothing that is masked is in the page',
    async (t) => {
      await actor('station').click();
      for (const viewport of [
        { width: 1280, height: 800 },
        { width: 800, height: 600 },
      ]) {
        await page.setViewportSize(viewport);
        for (const theme of ['light', 'dark']) {
          t.strictSame(await faintTexts(page), [], `${theme}, ${viewport.width} pixels wide`);
          await visitor.at('theme').click();
        }
        t.equal(await page.evaluate<number>(TOO_WIDE), 0);
      }
      t.notMatch(await page.content(), /hunter2/);
      t.strictSame(visitor.complaints, []);
    },
  );
});

const TOO_WIDE = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
