import t from 'tap';
import { currentStates, drawingOf } from '../../../src/inspector/page/store/machine-drawing.js';
import { layOutChart } from '../../../src/inspector/page/components/chart-layout.js';
import type { MachineChart } from '../../../src/inspector/machine-record.js';
import { chartState, machineRecord } from '../../fixtures/machine-records.js';

function chartOf(chart: Partial<MachineChart>): MachineChart {
  return machineRecord(chart).chart;
}

const go = (from: string, to: string, event = 'go', guard?: string) => ({
  from,
  event,
  to: [to],
  ...(guard !== undefined && { guard }),
});

const NESTED = chartOf({
  states: [
    chartState('a', { initial: true }),
    chartState('b', { kind: 'compound' }),
    chartState('b.c', { initial: true, invokes: [{ id: '0.m.b.c', source: 'ask' }] }),
    chartState('b.d', { kind: 'final' }),
  ],
  transitions: [
    go('a', 'b'),
    go('a', 'b', 'hurry', 'isLate'),
    go('b.c', 'b.d', 'xstate.done.actor.0.m.b.c'),
    go('b', 'a', 'back'),
    go('', 'a', 'reset'),
    { from: 'a', event: 'look', to: [] },
  ],
});

t.test('transitions between the same states are one line', async (t) => {
  const { edges, edgeOf } = drawingOf(NESTED);
  t.strictSame(
    edges.map(({ from, to, events }) => `${from} → ${to}: ${events.join(', ')}`),
    ['a → b: go, hurry [isLate]', 'b.c → b.d: ask done', 'b → a: back', '* → a: reset'],
  );
  t.equal(edgeOf[0], edgeOf[1]);
  t.equal(edgeOf[5], undefined, 'one that keeps the state has none');
});

t.test('a machine is in the innermost states, and in those around them', async (t) => {
  t.strictSame([...currentStates(drawingOf(NESTED), ['b.d'])].sort(), ['b', 'b.d']);
  t.strictSame([...currentStates(drawingOf(NESTED), ['nowhere', '__proto__'])], []);
});

t.test('states lie within those that they are in, below the title', async (t) => {
  const { states, edges } = drawingOf(NESTED);
  const { nodes, groups } = layOutChart(states, edges);
  const [group] = groups;
  t.equal(group?.state.name, 'b');
  for (const { state, x, y, width, height } of nodes) {
    const isInside =
      Math.abs(x - group!.x) * 2 + width <= group!.width &&
      Math.abs(y - group!.y) * 2 + height <= group!.height;
    t.equal(isInside, state.parent === 'b', state.name);
    if (isInside) t.ok(y - height / 2 > group!.y - group!.height / 2 + 20, 'below the title');
  }
});

t.test(
  'of too many states the inner ones are left out; they are drawn as what they are in',
  async (t) => {
    const outer = Array.from({ length: 50 }, (_, index) => chartState(`s${index}`));
    const inner = Array.from({ length: 50 }, (_, index) => chartState(`s${index}.in`));
    const drawing = drawingOf(
      chartOf({ states: [...outer, ...inner], transitions: [go('s40.in', 's41.in')], leftOut: 7 }),
    );
    t.equal(drawing.states.length, 60);
    t.equal(drawing.leftOut, 40 + 7);
    t.match(drawing.edges, [{ from: 's40', to: 's41' }]);
    t.strictSame([...currentStates(drawing, ['s45.in'])], ['s45']);
  },
);

t.test('a chart that is wrong in every way is drawn all the same', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', '', 'a.b.c', '*'];
  const chart = chartOf({
    parallel: true,
    states: [
      ...names.flatMap((path) => [
        chartState(path, { parent: 'nowhere' }),
        chartState(path, { parent: path }),
      ]),
      chartState('one', { parent: 'two' }),
      chartState('two', { parent: 'one', kind: 'final' }),
      chartState('three', { parent: 'two', kind: 'history' }),
      chartState('four', { parent: 'three' }),
    ],
    transitions: [
      ...names.flatMap((from) => names.map((to) => go(from, to))),
      go('two', 'three'),
      go('four', 'two'),
      go('four', 'four'),
      { from: 'one', event: 'x', to: ['one', 'nowhere'] },
    ],
  });
  const { states, edges } = drawingOf(chart);
  const { nodes, groups } = layOutChart(states, edges);
  const named = [...nodes, ...groups].filter(({ state }) => state.label !== 'any of these');
  t.equal(named.length, names.length + 4);
});

t.test('the largest chart is laid out in a bounded time', async (t) => {
  const states = Array.from({ length: 1_024 }, (_, index) =>
    index < 40 ? chartState(`s${index}`) : chartState(`s${index % 40}.i${index}`),
  );
  const transitions = Array.from({ length: 1_024 }, (_, index) =>
    go(states[(index * 7) % 1_024]!.path, states[(index * 13) % 1_024]!.path, `event ${index}`),
  );
  const drawing = drawingOf(chartOf({ states, transitions }));
  t.ok(drawing.states.length <= 60 && drawing.edges.length <= 100);
  const { edges } = layOutChart(drawing.states, drawing.edges);
  t.ok(edges.length > 0);
});
