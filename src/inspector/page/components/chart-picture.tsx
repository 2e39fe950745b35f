/** Chart picture: the states of a chart, those that it is in highlighted, and its transitions. */
import type { VNode } from 'preact';
import type { ChartEdge } from '../store/chart-path.js';
import type { DrawnState } from '../store/drawn-state.js';
import type { Look } from '../store/state-words.js';
import {
  invokeText,
  labelWidth,
  lineThrough,
  loopAt,
  numbersText,
  numberWidth,
} from './chart-layout.js';
import type { ChartLayout, ChartNode, PlacedEdge } from './chart-layout.js';
import { MarkShape } from './state-mark.js';

/** What is highlighted in a chart. */
interface ChartHighlights {
  /** The states that it is in, and those around them. */
  readonly current: ReadonlySet<string>;
  /** States that it was in. */
  readonly visited: ReadonlySet<string>;
  /** The numbers beside a transition that was taken; undefined if it was not. */
  readonly takenBy: (edge: ChartEdge) => readonly number[] | undefined;
  readonly lookOf: (state: DrawnState) => Look;
}

interface ChartPictureProps extends ChartHighlights {
  readonly layout: ChartLayout;
  /** The innermost states that it is in. */
  readonly now: string;
}

export function ChartPicture(props: ChartPictureProps): VNode {
  const { layout, now, takenBy } = props;
  const { nodes, groups, edges, width, height } = layout;
  const inOrder = [...edges].sort((a, b) => rankOf(takenBy(a)) - rankOf(takenBy(b)));
  const labels = new Map([...nodes, ...groups].map(({ state }) => [state.name, state.label]));
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
      style={{ maxWidth: `${Math.ceil(width * 1.1)}px` }}
      role="img"
      aria-label={`State chart; now in ${now}`}
      data-testid="chart"
      data-current={now}
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
      {groups.toReversed().map((group) => (
        <Group key={group.state.name} group={group} shown={props} />
      ))}
      {inOrder.map((edge) => (
        <Edge
          key={`${edge.from} ${edge.to}`}
          edge={edge}
          taken={takenBy(edge)}
          line={lineOf(edge, nodes)}
          labels={labels}
        />
      ))}
      {nodes.map((node) => (
        <Node key={node.state.name} node={node} shown={props} />
      ))}
    </svg>
  );
}

function rankOf(taken: readonly number[] | undefined): number {
  return taken === undefined ? -1 : taken.length;
}

function lineOf({ from, to, points }: PlacedEdge, nodes: readonly ChartNode[]): string {
  const node = from === to ? nodes.find(({ state }) => state.name === from) : undefined;
  return node === undefined ? lineThrough(points) : loopAt(node);
}

function Edge(props: {
  edge: PlacedEdge;
  taken: readonly number[] | undefined;
  line: string;
  labels: ReadonlyMap<string, string>;
}): VNode {
  const { edge, taken, line, labels } = props;
  const { label, events, from, to } = edge;
  const numbers = numberWidth(taken ?? []);
  const shown = events.slice(0, 2);
  return (
    <g
      class={taken === undefined ? 'edge' : 'edge edge-taken'}
      data-testid="chart-edge"
      data-from={from}
      data-to={to}
      data-taken={taken?.join(' ') ?? ''}
    >
      <title>{`${labels.get(from) ?? from} to ${labels.get(to) ?? to}: ${events.join(', ')}`}</title>
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
      {taken !== undefined && taken.length > 0 && (
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

function Group({ group, shown }: { group: ChartNode; shown: ChartHighlights }): VNode {
  const { state, x, y, width, height } = group;
  const isCurrent = shown.current.has(state.name);
  const classes = ['group'];
  if (state.kind === 'parallel') classes.push('group-parallel');
  if (isCurrent) classes.push('group-current');
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      data-testid="chart-state"
      data-state={state.name}
      data-current={isCurrent}
    >
      <title>{titleOf(state)}</title>
      <rect width={width} height={height} rx="9" />
      {state.initial && <circle class="node-initial" cx="14" cy="-6" r="3" />}
      <text x={width / 2} y="17">
        {state.kind === 'parallel' ? `${state.label} ∥` : state.label}
      </text>
      <Invokes state={state} x={width / 2} y={31} />
    </g>
  );
}

function Node({ node, shown }: { node: ChartNode; shown: ChartHighlights }): VNode {
  const { state, x, y, width, height } = node;
  const { name, label, kind } = state;
  const { mark, tone } = shown.lookOf(state);
  const isCurrent = shown.current.has(name);
  const classes = ['node', `tone-${tone}`];
  if (isCurrent) classes.push('node-current');
  else if (shown.visited.has(name)) classes.push('node-visited');
  const isFinal = kind === 'final';
  const isHistory = kind === 'history' || kind === 'deepHistory';
  const rounding = isFinal || isHistory ? height / 2 : 7;
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      data-testid="chart-state"
      data-state={name}
      data-current={isCurrent}
    >
      <title>{titleOf(state)}</title>
      <rect width={width} height={height} rx={rounding} />
      {isFinal && (
        <rect
          class="node-final"
          x="3"
          y="3"
          width={width - 6}
          height={height - 6}
          rx={height / 2 - 3}
        />
      )}
      {state.initial && <circle class="node-initial" cx={width / 2} cy="-7" r="3" />}
      {isHistory ? (
        <text class="node-history" x="18" y="21.2">
          {kind === 'history' ? 'H' : 'H*'}
        </text>
      ) : (
        <svg x="12" y="11" width="12" height="12">
          <MarkShape mark={mark} />
        </svg>
      )}
      <text x="29" y="21.2">
        {label}
      </text>
      <Invokes state={state} x={width / 2} y={36} />
    </g>
  );
}

function Invokes({ state, x, y }: { state: DrawnState; x: number; y: number }): VNode {
  return (
    <>
      {state.invokes.map((source, index) => (
        <text key={index} class="node-invokes" x={x} y={y + 14 * index}>
          {invokeText(source)}
        </text>
      ))}
    </>
  );
}

const KINDS: Readonly<Record<DrawnState['kind'], string>> = {
  atomic: '',
  compound: '',
  parallel: 'its parts are entered together',
  final: 'final',
  history: 'the state that it was in last',
  deepHistory: 'the states that it was in last, at all levels',
};

function titleOf({ label, kind, description }: DrawnState): string {
  return [label, KINDS[kind], description ?? ''].filter((part) => part !== '').join(': ');
}
