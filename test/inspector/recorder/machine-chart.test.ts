import t from 'tap';
import { createActor, createMachine, fromPromise, setup } from 'xstate';
import { activePaths, readChart } from '../../../src/inspector/recorder/machine-chart.js';

const order = setup({
  guards: { isPaid: () => true },
  actors: { charge: fromPromise(() => Promise.resolve()) },
}).createMachine({
  id: 'order',
  initial: 'open',
  on: { abort: '.gone' },
  states: {
    open: { on: { pay: [{ guard: 'isPaid', target: 'work' }, { target: 'gone' }], look: {} } },
    work: {
      type: 'parallel',
      description: 'Both at once.',
      states: {
        money: {
          initial: 'charging',
          states: {
            charging: { invoke: { id: 'charging', src: 'charge', onDone: 'charged' } },
            charged: { type: 'final' },
          },
        },
        goods: {
          initial: 'packing',
          states: {
            packing: { after: { 500: 'packed' }, always: { guard: () => false, target: 'packed' } },
            packed: { type: 'final' },
            last: { type: 'history' },
            lastDeep: { type: 'history', history: 'deep' },
          },
        },
      },
      onDone: 'gone',
    },
    gone: { type: 'final' },
  },
});

t.test('a chart has all levels of a machine', async (t) => {
  const { chart } = readChart(order);
  t.equal(chart.parallel, false);
  t.strictSame(
    chart.states.map(({ path, parent, kind, initial }) => [path, parent, kind, initial]),
    [
      ['open', undefined, 'atomic', true],
      ['work', undefined, 'parallel', false],
      ['gone', undefined, 'final', false],
      ['work.money', 'work', 'compound', false],
      ['work.goods', 'work', 'compound', false],
      ['work.money.charging', 'work.money', 'atomic', true],
      ['work.money.charged', 'work.money', 'final', false],
      ['work.goods.packing', 'work.goods', 'atomic', true],
      ['work.goods.packed', 'work.goods', 'final', false],
      ['work.goods.last', 'work.goods', 'history', false],
      ['work.goods.lastDeep', 'work.goods', 'deepHistory', false],
    ],
  );
  t.match(chart.states[1], { name: 'work', description: 'Both at once.' });
  t.strictSame(chart.states[5]?.invokes, [{ id: 'charging', source: 'charge' }]);
  t.equal(chart.leftOut, 0);
});

t.test('a chart has all transitions, with their conditions', async (t) => {
  const { chart } = readChart(order);
  t.strictSame(
    chart.transitions.map(({ from, event, to, guard }) => [from, event, to.join(), guard]),
    [
      ['', 'abort', 'gone', undefined],
      ['open', 'pay', 'work', 'isPaid'],
      ['open', 'pay', 'gone', undefined],
      ['open', 'look', '', undefined],
      ['work', 'xstate.done.state.order.work', 'gone', undefined],
      ['work.money.charging', 'xstate.done.actor.charging', 'work.money.charged', undefined],
      [
        'work.goods.packing',
        'xstate.after.500.order.work.goods.packing',
        'work.goods.packed',
        undefined,
      ],
      ['work.goods.packing', '', 'work.goods.packed', 'a condition'],
    ],
  );
});

t.test('each transition of XState has its place in the chart', async (t) => {
  const { places, chart } = readChart(order);
  for (const [transition, place] of places) {
    t.equal(chart.transitions[place]?.event, transition.eventType);
  }
  t.equal(places.size, chart.transitions.length);
});

t.test('the states of a snapshot are those of the chart', async (t) => {
  t.strictSame(activePaths(createActor(order).getSnapshot().value), ['open']);
  t.strictSame(activePaths({ work: { money: 'charging', goods: 'packed' } }), [
    'work.money.charging',
    'work.goods.packed',
  ]);
  t.strictSame(activePaths({}), [], 'a machine without states');
  t.strictSame(activePaths({ all: { one: {}, two: {} } }), ['all.one', 'all.two']);
});

t.test('of a machine that is too large, the inner states are left out, and counted', async (t) => {
  const inner = { initial: 'deep', states: { deep: {} } };
  const states = Object.fromEntries(
    Array.from({ length: 190 }, (_, index) => [
      `state ${index}`,
      { ...inner, on: { go: 'state 0' } },
    ]),
  );
  const { chart } = readChart(createMachine({ initial: 'state 0', states } as never));
  t.equal(chart.states.length, 200);
  t.equal(chart.leftOut, 180);
  t.equal(chart.states.filter(({ parent }) => parent === undefined).length, 190);
  const long = createMachine({ initial: 'a'.repeat(500), states: { ['a'.repeat(500)]: {} } });
  t.equal(readChart(long).chart.states[0]?.path.length, 128);
  t.strictSame(
    activePaths(createActor(long).getSnapshot().value),
    [readChart(long).chart.states[0]?.path],
    'and names are cut alike',
  );
});
