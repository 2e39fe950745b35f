/** Chart layout: places the states and transitions of a state chart, from top to bottom. */
import { Graph, layout } from '@dagrejs/dagre';
import type { ChartEdge } from '../store/chart-path.js';
import type { DrawnState } from '../store/drawn-state.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface ChartNode extends Box {
  readonly state: DrawnState;
}

/** A state with others in it. */
export interface ChartGroup extends Box {
  readonly state: DrawnState;
  /** Where its name stands, and where its transitions begin and end. */
  readonly title: Box;
}

export interface PlacedEdge extends ChartEdge {
  readonly points: readonly Point[];
  /** The centre of its label. */
  readonly label: Point;
}

export interface ChartLayout {
  readonly nodes: readonly ChartNode[];
  /** The outer ones first. */
  readonly groups: readonly ChartGroup[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

const NODE_HEIGHT = 34;
/** What a line of small text adds to the height. */
const LINE_HEIGHT = 14;
const TITLE_HEIGHT = 22;
const CHARACTER_WIDTH = 7.6;
const LABEL_CHARACTER_WIDTH = 5.8;
const LABEL_HEIGHT = 14;
/** The width of a loop beside its state. */
const LOOP_WIDTH = 14;

/** The names of states come from a feed, and the library keeps names in plain objects. */
const nodeId = (index: number): string => `n${index}`;
const groupId = (index: number): string => `g${index}`;

export function layOutChart(
  states: readonly DrawnState[],
  edges: readonly ChartEdge[],
): ChartLayout {
  const graph = new Graph({ multigraph: true, compound: true });
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 10,
    ranksep: 34,
    edgesep: 6,
    marginx: 14,
    marginy: 12,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const indexes = new Map(states.map(({ name }, index) => [name, index]));
  const groups = new Set(states.flatMap(({ parent }) => parent ?? []));
  states.forEach((state, index) => {
    graph.setNode(nodeId(index), sizeOf(state, groups.has(state.name)));
    if (groups.has(state.name)) {
      graph.setNode(groupId(index), {});
      graph.setParent(nodeId(index), groupId(index));
    }
    const parent = state.parent === undefined ? undefined : indexes.get(state.parent);
    if (parent === undefined) return;
    const own = groups.has(state.name) ? groupId(index) : nodeId(index);
    graph.setParent(own, groupId(parent));
    // Holds the title of a group above what is in it.
    graph.setEdge(nodeId(parent), nodeId(index), { weight: state.initial ? 2 : 0 }, 'title');
  });
  edges.forEach((edge, place) => {
    const from = indexes.get(edge.from);
    const to = indexes.get(edge.to);
    if (from === undefined || to === undefined) return;
    graph.setEdge(nodeId(from), nodeId(to), labelOf(edge), String(place));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: states.flatMap((state, index): ChartNode[] =>
      groups.has(state.name) ? [] : [{ state, ...boxOf(graph.node(nodeId(index))) }],
    ),
    groups: states.flatMap((state, index): ChartGroup[] => {
      if (!groups.has(state.name)) return [];
      const title = boxOf(graph.node(nodeId(index)));
      return [{ state, title, ...boxOf(graph.node(groupId(index))) }];
    }),
    edges: edges.flatMap((edge, place): PlacedEdge[] => {
      const [from, to] = [indexes.get(edge.from) ?? -1, indexes.get(edge.to) ?? -1];
      const placed = graph.edge(nodeId(from), nodeId(to), String(place)) as
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

function boxOf({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}

function sizeOf({ label, invokes }: DrawnState, isTitle: boolean): Omit<Box, 'x' | 'y'> {
  const lines = invokes.map(invokeText);
  const widest = Math.max(0, ...lines.map((line) => line.length)) * LABEL_CHARACTER_WIDTH + 24;
  return {
    width: Math.max(40 + label.length * CHARACTER_WIDTH, widest),
    height: (isTitle ? TITLE_HEIGHT : NODE_HEIGHT) + lines.length * LINE_HEIGHT,
  };
}

function labelOf(edge: ChartEdge): object {
  const loop = edge.from === edge.to ? 2 * LOOP_WIDTH : 8;
  return {
    width: labelWidth(edge) + 2 * numberWidth(edge.taken) + loop,
    height: LABEL_HEIGHT * Math.min(2, edge.events.length),
    labelpos: 'c',
    // A taken transition gets a straighter line.
    weight: edge.taken.length > 0 ? 4 : 1,
  };
}

/** The line of a state that says what runs in it. */
export function invokeText(source: string): string {
  return `runs ${source}`;
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
export function loopAt({ x, y, width }: Box): string {
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
