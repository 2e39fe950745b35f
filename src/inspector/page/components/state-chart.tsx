/** State chart: the chart of an actor of an endpoint, with the path that it took numbered. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Chart } from '../../record.js';
import type { ChartPath } from '../store/chart-path.js';
import { ANY_STATE, anyState } from '../store/drawn-state.js';
import type { DrawnState } from '../store/drawn-state.js';
import { stateWords } from '../store/state-words.js';
import { layOutChart, numbersText } from './chart-layout.js';
import { ChartPicture } from './chart-picture.js';

export function StateChart({
  chart,
  path,
  kind = '',
}: {
  chart: Chart;
  path: ChartPath;
  /** The kind of actor whose chart it is. Some states mean something else for some kinds. */
  kind?: string;
}): VNode {
  const { edges, current, visited } = path;
  // The layout is computed again only when a text on the chart changes.
  const shape = edges
    .map(({ from, to, events, taken }) => `${from}>${to}:${events.join()}:${numbersText(taken)}`)
    .join(' ');
  const placed = useMemo(() => layOutChart(drawnStates(chart, path), edges), [chart, shape]);
  const taken = new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge.taken]));
  return (
    <ChartPicture
      layout={placed}
      now={current}
      current={new Set([current])}
      visited={visited}
      takenBy={({ from, to }) => {
        const numbers = taken.get(`${from} ${to}`);
        return numbers === undefined || numbers.length === 0 ? undefined : numbers;
      }}
      lookOf={({ name }) => stateWords(name, kind)}
    />
  );
}

function drawnStates({ states, initial }: Chart, { edges }: ChartPath): DrawnState[] {
  const drawn = states.map(({ name, description, final }): DrawnState => ({
    name,
    label: stateWords(name).word,
    kind: final ? 'final' : 'atomic',
    initial: name === initial,
    description,
    invokes: [],
  }));
  return edges.some(({ from }) => from === ANY_STATE) ? [...drawn, anyState()] : drawn;
}
