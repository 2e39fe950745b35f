/** Chart layout: places the states and transitions of a state chart, from top to bottom. */
import { Graph, layout } from '@dagrejs/dagre';
import type { Chart } from '../../record.js';
import type { ChartEdge } from '../store/chart-path.js';
import { stateWords } from '../store/state-words.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ChartNode extends Point {
  readonly name: string;
  readonly description: string | undefined;
  readonly final: boolean;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge extends ChartEdge {
  readonly points: readonly Point[];
  /** The centre of its label. */
  readonly label: Point;
}

export interface ChartLayout {
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

const NODE_HEIGHT = 34;
const CHARACTER_WIDTH = 7.6;
const LABEL_CHARACTER_WIDTH = 5.8;
const LABEL_HEIGHT = 14;
/** The width of a loop beside its state. */
const LOOP_WIDTH = 14;

/** Stands for every state, in transitions that leave from any state. */
const ANY_STATE = '*';

export function layOutChart(chart: Chart, edges: readonly ChartEdge[]): ChartLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 10,
    ranksep: 34,
    edgesep: 6,
    marginx: 14,
    marginy: 12,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const states = edges.some(({ from }) => from === ANY_STATE)
    ? [...chart.states, { name: ANY_STATE, final: false }]
    : chart.states;
  for (const { name } of states) {
    graph.setNode(name, {
      width: 40 + shownName(name).length * CHARACTER_WIDTH,
      height: NODE_HEIGHT,
    });
  }
  for (const edge of edges) {
    if (!graph.hasNode(edge.from) || !graph.hasNode(edge.to)) continue;
    graph.setEdge(edge.from, edge.to, {
      width:
        labelWidth(edge) +
        2 * numberWidth(edge.taken) +
        (edge.from === edge.to ? 2 * LOOP_WIDTH : 8),
      height: LABEL_HEIGHT * Math.min(2, edge.events.length),
      labelpos: 'c',
      // A taken transition gets a straighter line.
      weight: edge.taken.length > 0 ? 4 : 1,
    });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: states.map((state) => {
      const { x, y, width, height } = graph.node(state.name) as ChartNode;
      const description = 'description' in state ? state.description : undefined;
      return { name: state.name, description, final: state.final, x, y, width, height };
    }),
    edges: edges.flatMap((edge): PlacedEdge[] => {
      const placed = graph.edge(edge.from, edge.to) as
        { points: Point[]; x?: number; y?: number } | undefined;
      if (placed === undefined) return [];
      const { points, x = 0, y = 0 } = placed;
      return [
        { ...edge, points, label: edge.from === edge.to ? { x: x + LOOP_WIDTH, y } : { x, y } },
      ];
    }),
    width,
    height,
  };
}

/** The name of a state as it is shown. */
export function shownName(name: string): string {
  return name === ANY_STATE ? 'any state' : stateWords(name).word;
}

/** The width of the events beside a line. */
export function labelWidth({ events }: ChartEdge): number {
  return Math.max(0, ...events.map((event) => event.length)) * LABEL_CHARACTER_WIDTH;
}

/** The width of the badge with these numbers. */
export function numberWidth(taken: readonly number[]): number {
  const text = numbersText(taken);
  return text === '' ? 0 : text.length * 6 + 10;
}

/** The most numbers that fit beside a line. */
const MAX_NUMBERS = 3;

/** The numbers of the steps that took a line, shortened if there are many. */
export function numbersText(taken: readonly number[]): string {
  if (taken.length <= MAX_NUMBERS) return taken.join(', ');
  return `${taken.slice(0, MAX_NUMBERS - 1).join(', ')} … ${taken.at(-1) ?? ''}`;
}

/** A transition that returns to its state: a loop on the right. */
export function loopAt({ x, y, width }: ChartNode): string {
  const right = round(x + width / 2);
  return `M${right} ${y - 8}C${right + 26} ${y - 20} ${right + 26} ${y + 20} ${right + 1} ${y + 8}`;
}

/** A smooth line through these points. */
export function lineThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) parts.push(`L${round(point.x)} ${round(point.y)}`);
    else {
      const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
      parts.push(`Q${round(point.x)} ${round(point.y)} ${round(middle.x)} ${round(middle.y)}`);
    }
  });
  return parts.join('');
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
