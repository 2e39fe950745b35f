/** Chart path: the states and transitions that a call or a handler went through. */
import type { Chart } from '../../record.js';
import type { Side } from './transaction.js';

/** All transitions from one state to another, drawn as one line. */
export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
  /** The numbers of the steps that took it, from 1. */
  readonly taken: readonly number[];
}

export interface ChartPath {
  readonly edges: readonly ChartEdge[];
  /** States that were entered, the current one included. */
  readonly visited: ReadonlySet<string>;
  readonly current: string;
}

/**
 * The lines of the chart, and the steps that took them. Transitions that keep the state have no
 * line.
 */
export function pathOf(chart: Chart, steps: Side['steps'], current: string): ChartPath {
  const edges = new Map<string, { from: string; to: string; events: string[]; taken: number[] }>();
  const edge = (from: string, to: string) => {
    const key = `${from} ${to}`;
    const known = edges.get(key) ?? { from, to, events: [], taken: [] };
    edges.set(key, known);
    return known;
  };
  for (const { from, event, to } of chart.transitions) {
    if (to !== undefined) edge(from, to).events.push(event);
  }
  const visited = new Set([chart.initial]);
  let at = chart.initial;
  steps.forEach(({ event, state }, index) => {
    visited.add(state);
    const known = edges.get(`${at} ${state}`) ?? edges.get(`* ${state}`);
    // An event that is not a transition and changes nothing appears only in the timeline.
    const moves = state !== at || known?.events.includes(event) === true;
    if (moves) {
      const taken = known ?? edge(at, state);
      if (!taken.events.includes(event)) taken.events.push(event);
      taken.taken.push(index + 1);
    }
    at = state;
  });
  visited.add(current);
  return { edges: [...edges.values()], visited, current };
}
