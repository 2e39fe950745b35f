/**
 * State chart: draws the states of a machine, with the current state highlighted and the taken path
 * numbered.
 */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Chart } from '../../record.js';
import type { ChartPath } from '../store/chart-path.js';
import { stateWords } from '../store/state-words.js';
import {
  labelWidth,
  layOutChart,
  lineThrough,
  loopAt,
  numbersText,
  numberWidth,
  shownName,
} from './chart-layout.js';
import type { ChartNode, PlacedEdge } from './chart-layout.js';
import { MarkShape } from './state-mark.js';

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
  // The layout is computed again only when a text on the chart changes.
  const shape = path.edges
    .map(({ from, to, events, taken }) => `${from}>${to}:${events.join()}:${numbersText(taken)}`)
    .join(' ');
  const placed = useMemo(() => layOutChart(chart, path.edges), [chart, shape]);
  const { nodes, edges, width, height } = placed;
  const taken = new Map(path.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.taken]));
  const inOrder = [...edges].sort((a, b) => takenOf(a, taken).length - takenOf(b, taken).length);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
      style={{ maxWidth: `${Math.ceil(width * 1.1)}px` }}
      role="img"
      aria-label={`State chart; now in ${path.current}`}
      data-testid="chart"
      data-current={path.current}
    >
      <defs>
        <marker
          id="arrowhead"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="6"
          markerHeight="6"
          orient="auto-start-reverse"
        >
          <path d="M0 .8L7.5 4 0 7.2Z" fill="context-stroke" />
        </marker>
      </defs>
      {inOrder.map((edge) => (
        <Edge
          key={`${edge.from} ${edge.to}`}
          edge={edge}
          taken={takenOf(edge, taken)}
          line={lineOf(edge, nodes)}
        />
      ))}
      {nodes.map((node) => (
        <Node key={node.name} node={node} path={path} initial={chart.initial} kind={kind} />
      ))}
    </svg>
  );
}

function lineOf({ from, to, points }: PlacedEdge, nodes: readonly ChartNode[]): string {
  const node = from === to ? nodes.find(({ name }) => name === from) : undefined;
  return node === undefined ? lineThrough(points) : loopAt(node);
}

function takenOf(
  { from, to }: PlacedEdge,
  taken: ReadonlyMap<string, readonly number[]>,
): readonly number[] {
  return taken.get(`${from} ${to}`) ?? [];
}

function Edge({
  edge,
  taken,
  line,
}: {
  edge: PlacedEdge;
  taken: readonly number[];
  line: string;
}): VNode {
  const { label, events, from, to } = edge;
  const isTaken = taken.length > 0;
  const numbers = numberWidth(taken);
  const shown = events.slice(0, 2);
  return (
    <g
      class={isTaken ? 'edge edge-taken' : 'edge'}
      data-testid="chart-edge"
      data-from={from}
      data-to={to}
      data-taken={taken.join(' ')}
    >
      <title>{`${shownName(from)} to ${shownName(to)}: ${events.join(', ')}`}</title>
      <path class="edge-line" d={line} marker-end="url(#arrowhead)" />
      {shown.map((event, index) => (
        <text
          key={event}
          class="edge-label"
          x={label.x}
          y={label.y + 3.5 + (index - (shown.length - 1) / 2) * 12}
        >
          {event}
        </text>
      ))}
      {isTaken && (
        <g
          transform={`translate(${label.x - labelWidth(edge) / 2 - numbers / 2 - 4} ${label.y})`}
          class="edge-number"
        >
          <rect x={-numbers / 2} y="-8" width={numbers} height="16" rx="8" />
          <text y="3.8">{numbersText(taken)}</text>
        </g>
      )}
    </g>
  );
}

function Node({
  node,
  path,
  initial,
  kind,
}: {
  node: ChartNode;
  path: ChartPath;
  initial: string;
  kind: string;
}): VNode {
  const { name, x, y, width, height, final, description } = node;
  const { mark, tone } = stateWords(name, kind);
  const classes = ['node', `tone-${tone}`];
  const isCurrent = path.current === name;
  if (isCurrent) classes.push('node-current');
  else if (path.visited.has(name)) classes.push('node-visited');
  const shown = shownName(name);
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      data-testid="chart-state"
      data-state={name}
      data-current={isCurrent}
    >
      <title>{description === undefined ? shown : `${shown}: ${description}`}</title>
      <rect width={width} height={height} rx={final ? height / 2 : 7} />
      {final && (
        <rect
          class="node-final"
          x="3"
          y="3"
          width={width - 6}
          height={height - 6}
          rx={height / 2 - 3}
        />
      )}
      {name === initial && <circle class="node-initial" cx={width / 2} cy="-7" r="3" />}
      <svg x="12" y={height / 2 - 6} width="12" height="12">
        <MarkShape mark={mark} />
      </svg>
      <text x="29" y={height / 2 + 4.2}>
        {shown}
      </text>
    </g>
  );
}
