/**
 * Machine drawing: what is drawn of a user's machine. A chart from a feed can say anything: states
 * without a parent, or twice, and transitions to nowhere.
 */
import type { MachineChart } from '../../record.js';
import type { ChartEdge } from './chart-path.js';
import { ANY_STATE } from './drawn-state.js';
import type { DrawnState } from './drawn-state.js';
import { eventWords, invokeSources } from './machine-words.js';

export interface MachineDrawing {
  readonly states: readonly DrawnState[];
  /** All transitions from one state to another, drawn as one line. */
  readonly edges: readonly ChartEdge[];
  /** The line of each transition, by its place; undefined if it has none. */
  readonly edgeOf: readonly (ChartEdge | undefined)[];
  /** The state that is drawn for each state: one that it is in, if there are too many. */
  readonly drawn: ReadonlyMap<string, string>;
  /** How many states and transitions of the machine are not drawn. */
  readonly leftOut: number;
}

/** More could not be read, and would take long to be placed. The innermost states go first. */
const MAX_DRAWN = 60;
const MAX_EDGES = 100;

export function drawingOf(chart: MachineChart): MachineDrawing {
  const { states, drawn } = drawnStates(chart);
  const sources = invokeSources(chart);
  const edges = new Map<string, { from: string; to: string; events: string[]; taken: number[] }>();
  let lost = 0;
  const edgeOf = chart.transitions.map(({ from, event, to, guard }) => {
    const [target] = to;
    const start = from === '' ? ANY_STATE : drawn.get(from);
    const end = target === undefined ? undefined : drawn.get(target);
    if (start === undefined || end === undefined) return undefined;
    const key = JSON.stringify([start, end]);
    const edge = edges.get(key) ?? { from: start, to: end, events: [], taken: [] };
    if (!edges.has(key) && edges.size === MAX_EDGES) {
      lost += 1;
      return undefined;
    }
    edges.set(key, edge);
    const words = eventWords(event, sources);
    const label = guard === undefined ? words : `${words} [${guard}]`;
    if (!edge.events.includes(label)) edge.events.push(label);
    return edge;
  });
  const leftOut = chart.leftOut + chart.states.length - states.length + lost;
  return { states, edges: [...edges.values()], edgeOf, drawn, leftOut };
}

/** The states that are drawn as current: those that the machine is in, and those around them. */
export function currentStates(
  { states, drawn }: MachineDrawing,
  active: readonly string[],
): ReadonlySet<string> {
  const parents = new Map(states.map(({ name, parent }) => [name, parent]));
  const current = new Set<string>();
  for (const path of active) {
    let at = drawn.get(path);
    while (at !== undefined && !current.has(at)) {
      current.add(at);
      at = parents.get(at);
    }
  }
  return current;
}

function drawnStates(chart: MachineChart): Pick<MachineDrawing, 'states' | 'drawn'> {
  const states = new Map<string, DrawnState>();
  const drawn = new Map<string, string>();
  for (const { path, name, parent, kind, initial, description, invokes } of chart.states) {
    const around = parent === undefined ? undefined : drawn.get(parent);
    if (drawn.has(path)) continue;
    if (states.size === MAX_DRAWN) {
      if (around !== undefined) drawn.set(path, around);
      continue;
    }
    drawn.set(path, path);
    states.set(path, {
      name: path,
      label: name,
      ...(around !== undefined && { parent: around }),
      ...{ kind, initial, description },
      invokes: invokes.map(({ id, source }) => (source === '' ? id : source)),
    });
  }
  return { states: [...states.values()], drawn };
}
