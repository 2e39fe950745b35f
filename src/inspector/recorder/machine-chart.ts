/** Machine chart: the graph of a user's machine, with all its levels, read from its definition. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { shorten } from '../../escape.js';
import type { MachineChart } from '../machine-record.js';

type ChartState = MachineChart['states'][number];
type ChartTransition = MachineChart['transitions'][number];

/** A graph of more than this cannot be read, and would take too long to be drawn. */
const MAX_STATES = 200;
const MAX_TRANSITIONS = 600;
const MAX_NAME_LENGTH = 128;
/** What XState calls logic that a machine has not named. */
const UNNAMED = 'xstate.invoke.';

export interface ReadChart {
  readonly chart: MachineChart;
  /** The places of the transitions in the chart. */
  readonly places: ReadonlyMap<AnyTransitionDefinition, number>;
}

export function readChart({ root }: AnyStateMachine): ReadChart {
  const paths = pathsOf(root);
  const states = [...paths.keys()].filter((node) => node !== root);
  const transitions: ChartTransition[] = [];
  const places = new Map<AnyTransitionDefinition, number>();
  let leftOut = countStates(root) - states.length;
  for (const node of paths.keys()) {
    for (const [event, transition] of transitionsOf(node)) {
      const shown = showTransition(node, event, transition, paths);
      if (shown === undefined || transitions.length === MAX_TRANSITIONS) leftOut += 1;
      else {
        places.set(transition, transitions.length);
        transitions.push(shown);
      }
    }
  }
  const chart: MachineChart = {
    parallel: root.type === 'parallel',
    states: states.map((node) => showState(node, paths)),
    transitions,
    leftOut,
  };
  return { chart, places };
}

/** The paths of the innermost states in this value of a snapshot. */
export function activePaths(value: unknown): string[] {
  const active: string[] = [];
  const enter = (inner: unknown, path: string): void => {
    if (active.length === MAX_STATES) return;
    if (typeof inner === 'string') active.push(pathOf(path, inner));
    else if (typeof inner === 'object' && inner !== null) {
      const regions = Object.entries(inner);
      if (regions.length === 0 && path !== '') active.push(path);
      for (const [key, region] of regions) enter(region, pathOf(path, key));
    }
  };
  enter(value, '');
  return active;
}

/** The name of an actor's logic, if a machine has named it. */
export function sourceName(source: unknown): string | undefined {
  if (typeof source !== 'string' || source.startsWith(UNNAMED)) return undefined;
  return shorten(source, MAX_NAME_LENGTH);
}

/** Level by level, so that of a machine with too many states the inner ones are left out. */
function pathsOf(root: AnyStateNode): Map<AnyStateNode, string> {
  const paths = new Map([[root, '']]);
  for (const [node, path] of paths) {
    for (const inner of Object.values(node.states) as AnyStateNode[]) {
      if (paths.size <= MAX_STATES) paths.set(inner, pathOf(path, inner.key));
    }
  }
  return paths;
}

function pathOf(path: string, key: string): string {
  const name = shorten(key, MAX_NAME_LENGTH);
  return path === '' ? name : `${path}.${name}`;
}

function countStates({ states }: AnyStateNode): number {
  const inner = Object.values(states) as AnyStateNode[];
  return inner.reduce((sum, node) => sum + countStates(node), inner.length);
}

function showState(node: AnyStateNode, paths: ReadonlyMap<AnyStateNode, string>): ChartState {
  const { key, parent, type, history, description } = node;
  const around = parent === undefined ? '' : (paths.get(parent) ?? '');
  return {
    path: paths.get(node) ?? '',
    name: shorten(key, MAX_NAME_LENGTH),
    ...(around !== '' && { parent: around }),
    kind: type === 'history' && history === 'deep' ? 'deepHistory' : type,
    initial: parent?.type === 'compound' && parent.initial.target[0] === node,
    description: description && shorten(description, MAX_NAME_LENGTH * 4),
    invokes: node.invoke.slice(0, MAX_STATES).map(({ id, src }) => ({
      id: shorten(id, MAX_NAME_LENGTH),
      source: sourceName(src) ?? '',
    })),
  };
}

function transitionsOf(node: AnyStateNode): [event: string, AnyTransitionDefinition][] {
  const transitions = [...node.transitions].flatMap(([event, ofEvent]) =>
    ofEvent.map((transition): [string, AnyTransitionDefinition] => [event, transition]),
  );
  const always = (node.always ?? []).map((one): [string, AnyTransitionDefinition] => ['', one]);
  return [...transitions, ...always];
}

/** Undefined if it leads to a state that is left out. */
function showTransition(
  node: AnyStateNode,
  event: string,
  { target, guard }: AnyTransitionDefinition,
  paths: ReadonlyMap<AnyStateNode, string>,
): ChartTransition | undefined {
  const to = (target ?? []).map((one) => paths.get(one));
  if (!to.every((path) => path !== undefined)) return undefined;
  return {
    from: paths.get(node) ?? '',
    event: shorten(event, MAX_NAME_LENGTH * 2),
    to: to.slice(0, MAX_STATES),
    guard: guardName(guard),
  };
}

function guardName(guard: AnyTransitionDefinition['guard']): string | undefined {
  if (guard === undefined) return undefined;
  const name: unknown =
    typeof guard === 'string' ? guard : typeof guard === 'function' ? guard.name : guard.type;
  return typeof name === 'string' && name !== '' && name !== 'guard'
    ? shorten(name, MAX_NAME_LENGTH)
    : 'a condition';
}
