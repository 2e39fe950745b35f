/**
 * Chart levels: sorts the states of a chart by the states that they are in, and each transition to
 * the level at which it can be drawn: between two states, or the ones around them.
 */
import type { ChartEdge } from './chart-path.js';
import { ANY_STATE } from './drawn-state.js';
import type { DrawnState } from './drawn-state.js';

/** The states that are directly in one state, or at the top. */
export interface ChartLevel {
  readonly states: DrawnState[];
  /** What is in each of the states; undefined if nothing is. */
  readonly inner: (ChartLevel | undefined)[];
  /** `from` and `to` are places of states. */
  readonly edges: { readonly edge: ChartEdge; readonly from: number; readonly to: number }[];
}

export function levelsOf(states: readonly DrawnState[], edges: readonly ChartEdge[]): ChartLevel {
  const top: ChartLevel = { states: [], inner: [], edges: [] };
  /** The way to each state: the places of the states around it, and its own. */
  const ways = new Map<string, readonly number[]>();
  for (const state of states) {
    const around = state.parent === undefined ? [] : (ways.get(state.parent) ?? []);
    const level = levelAt(top, around);
    ways.set(state.name, [...around, level.states.length]);
    level.states.push(state);
    level.inner.push(undefined);
  }
  for (const edge of edges) {
    const from = ways.get(edge.from);
    const to = ways.get(edge.to);
    if (from !== undefined && to !== undefined) addEdge(top, edge, from, to);
  }
  return top;
}

function addEdge(
  top: ChartLevel,
  edge: ChartEdge,
  from: readonly number[],
  to: readonly number[],
): void {
  const parts = from.findIndex((place, depth) => place !== to[depth]);
  const isLoop = parts === -1 && from.length === to.length;
  const depth = isLoop ? from.length - 1 : parts === -1 ? from.length : Math.min(parts, to.length);
  const level = levelAt(top, from.slice(0, depth));
  // Of a state and one in it, the outer one is drawn as a place within itself.
  const placeOf = (way: readonly number[]): number => way[depth] ?? placeOfAny(level);
  level.edges.push({ edge, from: placeOf(from), to: placeOf(to) });
}

/** The place where transitions begin that leave from any state of a level. */
function placeOfAny({ states, inner }: ChartLevel): number {
  const place = states.findIndex(({ name }) => name === ANY_STATE);
  if (place !== -1) return place;
  states.push({ name: ANY_STATE, label: 'any of these', ...NO_MORE });
  inner.push(undefined);
  return states.length - 1;
}

const NO_MORE = { kind: 'atomic', initial: false, invokes: [] } as const;

/** The level within the state at the end of this way. */
function levelAt(top: ChartLevel, way: readonly number[]): ChartLevel {
  let level = top;
  for (const place of way) {
    level = level.inner[place] ??= { states: [], inner: [], edges: [] };
  }
  return level;
}
