/** Chart layout: places the states and transitions of a state chart, level by level. */
import type { ChartEdge } from '../store/chart-path.js';
import type { DrawnState } from '../store/drawn-state.js';
import { levelsOf } from '../store/chart-levels.js';
import type { ChartLevel } from '../store/chart-levels.js';
import { borderTowards, layOutLevel, shifted } from './chart-level.js';
import type { Box, Point, Size } from './chart-level.js';

export interface ChartNode extends Box {
  readonly state: DrawnState;
}

export interface PlacedEdge extends ChartEdge {
  readonly points: readonly Point[];
  /** The centre of its label. */
  readonly label: Point;
}

export interface ChartLayout extends Size {
  readonly nodes: readonly ChartNode[];
  /** The states with others in them, the inner ones first. */
  readonly groups: readonly ChartNode[];
  readonly edges: readonly PlacedEdge[];
}

const NODE_HEIGHT = 34;
/** What a line of small text adds to the height. */
const LINE_HEIGHT = 14;
const TITLE_HEIGHT = 24;
const CHARACTER_WIDTH = 7.6;
const LABEL_CHARACTER_WIDTH = 5.8;
const LABEL_HEIGHT = 14;
/** The width of a loop beside its state. */
const LOOP_WIDTH = 14;

export function layOutChart(
  states: readonly DrawnState[],
  edges: readonly ChartEdge[],
): ChartLayout {
  return layOut(levelsOf(states, edges));
}

/** A line at its level, which may end within other levels there. */
function layOut({ states, inner, edges }: ChartLevel): ChartLayout {
  const layouts = inner.map((level) => level && layOut(level));
  const sizes = states.map((state, place) => sizeOf(state, layouts[place]));
  const level = layOutLevel(
    sizes,
    edges.map(({ edge, from, to }) => ({ from, to, ...labelSize(edge), weight: weightOf(edge) })),
  );
  const nodes: ChartNode[] = [];
  const groups: ChartNode[] = [];
  const placed: PlacedEdge[] = [];
  level.boxes.forEach((box, place) => {
    const state = states[place] as DrawnState;
    const within = layouts[place];
    if (within === undefined) {
      nodes.push({ state, ...box });
      return;
    }
    const by = {
      x: box.x - within.width / 2,
      y: box.y - box.height / 2 + titleHeight(state),
    };
    nodes.push(...within.nodes.map((node) => ({ ...node, ...shifted(node, by) })));
    groups.push(...within.groups.map((group) => ({ ...group, ...shifted(group, by) })));
    groups.push({ state, ...box });
    for (const edge of within.edges) {
      const points = edge.points.map((point) => shifted(point, by));
      placed.push({ ...edge, points, label: shifted(edge.label, by) });
    }
  });
  const boxes = new Map([...nodes, ...groups].map((node) => [node.state.name, node]));
  level.lines.forEach(({ points, label }, place) => {
    const { edge } = edges[place] as ChartLevel['edges'][number];
    const isLoop = edge.from === edge.to;
    placed.push({
      ...edge,
      points: isLoop ? points : reaching(points, boxes.get(edge.from), boxes.get(edge.to)),
      label: isLoop ? shifted(label, { x: LOOP_WIDTH, y: 0 }) : label,
    });
  });
  return { nodes, groups, edges: placed, width: level.width, height: level.height };
}

/** The points of a line that ends at the states themselves, which may lie within the ones it joins. */
function reaching(
  points: readonly Point[],
  from: Box | undefined,
  to: Box | undefined,
): readonly Point[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return points;
  const start = from === undefined ? first : borderTowards(from, first);
  const end = to === undefined ? last : borderTowards(to, last);
  return [...(isSame(start, first) ? [] : [start]), ...points, ...(isSame(end, last) ? [] : [end])];
}

function isSame(one: Point, other: Point): boolean {
  return Math.abs(one.x - other.x) < 1 && Math.abs(one.y - other.y) < 1;
}

function sizeOf(state: DrawnState, within: Size | undefined): Size {
  const { label, invokes } = state;
  const lines = invokes.map((source) => invokeText(source).length * LABEL_CHARACTER_WIDTH + 24);
  const width = Math.max(40 + label.length * CHARACTER_WIDTH, ...lines);
  if (within === undefined) return { width, height: NODE_HEIGHT + lines.length * LINE_HEIGHT };
  return {
    width: Math.max(width, within.width),
    height: within.height + titleHeight(state),
  };
}

function titleHeight({ invokes }: DrawnState): number {
  return TITLE_HEIGHT + invokes.length * LINE_HEIGHT;
}

function labelSize(edge: ChartEdge): Size {
  const loop = edge.from === edge.to ? 2 * LOOP_WIDTH : 8;
  return {
    width: labelWidth(edge) + 2 * numberWidth(edge.taken) + loop,
    height: LABEL_HEIGHT * Math.min(2, edge.events.length),
  };
}

/** A taken transition gets a straighter line. */
function weightOf({ taken }: ChartEdge): number {
  return taken.length > 0 ? 4 : 1;
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
