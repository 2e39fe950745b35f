/**
 * Chart level: places the states of one level of a chart, and the transitions between them, from top
 * to bottom. A state with others in it is a large one here.
 */
import { Graph, layout } from '@dagrejs/dagre';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle, by its centre. */
export type Box = Point & Size;

/** A line from one state of the level to another, by their places. */
export interface LevelEdge extends Size {
  readonly from: number;
  readonly to: number;
  /** A line with a greater weight is straighter. */
  readonly weight: number;
}

export interface Level extends Size {
  readonly boxes: readonly Box[];
  readonly lines: readonly { readonly points: readonly Point[]; readonly label: Point }[];
}

const SPACING = { nodesep: 10, ranksep: 34, edgesep: 6, marginx: 14, marginy: 12 };

export function layOutLevel(sizes: readonly Size[], edges: readonly LevelEdge[]): Level {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ...SPACING });
  graph.setDefaultEdgeLabel(() => ({}));
  sizes.forEach(({ width, height }, place) => graph.setNode(String(place), { width, height }));
  edges.forEach(({ from, to, width, height, weight }, place) => {
    const label = { width, height, weight, labelpos: 'c' };
    graph.setEdge(String(from), String(to), label, String(place));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  return {
    boxes: sizes.map(({ width, height }, place) => {
      const { x, y } = graph.node(String(place)) as Point;
      return { x, y, width, height };
    }),
    lines: edges.map(({ from, to }, place) => {
      const { points, x, y } = graph.edge(String(from), String(to), String(place)) as Point & {
        points: Point[];
      };
      return { points, label: { x, y } };
    }),
    width,
    height,
  };
}

export function shifted({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

/** Where a line from the centre of the box to the point leaves the box. */
export function borderTowards({ x, y, width, height }: Box, point: Point): Point {
  const dx = point.x - x;
  const dy = point.y - y;
  const share = Math.max(Math.abs(dx) / (width / 2), Math.abs(dy) / (height / 2));
  return share === 0 ? { x, y } : { x: x + dx / share, y: y + dy / share };
}
