/**
 * Transition table: an XState machine compiled once into arrays, which a light actor can step in
 * well under a microsecond.
 *
 * The machine remains the only definition. Compiling refuses every XState feature that the table
 * would run differently, and names it. So a table always behaves like XState's interpreter.
 */
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import { writerOf } from './assigner.js';
import type { AnyWriter } from './assigner.js';

/** What guards and emitters may read. XState gives more, which is not needed here. */
interface Scope {
  readonly context: object;
  readonly event: EventObject;
}

type Guard = (scope: Scope) => boolean;
type Emit = (scope: Scope) => EventObject;
type Assignment = Parameters<typeof writerOf>[0];

/** An effect of a transition: it changes the context or emits an event. The order is kept. */
type Effect =
  | { readonly kind: 'assign'; readonly write: AnyWriter }
  | { readonly kind: 'emit'; readonly emit: Emit };

export interface Branch {
  readonly guard: Guard | undefined;
  /** The target state, or the current one if the machine stays in it. */
  readonly target: Row;
  readonly effects: readonly Effect[];
}

/** A state: its name, whether it is final, and its transitions for each event type. */
export interface Row {
  readonly name: string;
  readonly final: boolean;
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
  /** The transitions that need no event (`always`), taken as soon as the state is entered. */
  readonly always: readonly Branch[];
  /** A snapshot of this state as XState makes it, without context and output. */
  readonly snapshot: AnyMachineSnapshot;
}

export interface MachineTable<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly machine: TMachine;
  readonly initial: Row;
  contextOf(input: unknown): object;
  outputOf(context: object): unknown;
}

/** A machine uses an XState feature that a table cannot run. */
export class UnsupportedMachineError extends Error {
  override readonly name = 'UnsupportedMachineError';

  constructor(machineId: string, place: string, feature: string) {
    super(`The machine '${machineId}' cannot be compiled to a table: ${place} uses ${feature}.`);
  }
}

/**
 * Compiles a flat machine: atomic and final states, transitions with guards, `assign` and `emit`,
 * `always` without actions, and an `output` at the root.
 *
 * @throws UnsupportedMachineError that names the machine, the place and the unsupported feature.
 */
export function compileTable<TMachine extends AnyStateMachine>(
  machine: TMachine,
): MachineTable<TMachine> {
  const root: AnyStateNode = machine.root;
  refuseUnlessPlain(machine, root);
  if ((root.always?.length ?? 0) > 0) refuse(machine, root, "'always'");
  if (root.output !== undefined && typeof root.output !== 'function') {
    refuse(machine, root, "an 'output' that is not a function");
  }
  if (root.type !== 'compound') refuse(machine, root, `a root of type '${root.type}'`);
  const nodes: readonly AnyStateNode[] = Object.values(root.states);
  const rows = new Map<string, CompiledRow>();
  for (const node of nodes) {
    refuseUnlessPlain(machine, node);
    if (node.type !== 'atomic' && node.type !== 'final') {
      refuse(machine, node, `a state of type '${node.type}'`);
    }
    if (node.output !== undefined) refuse(machine, node, "'output' of a state");
    rows.set(node.key, {
      name: node.key,
      final: node.type === 'final',
      branches: new Map(),
      always: [],
      snapshot: machine.resolveState({ value: node.key, context: {} }),
    });
  }
  for (const node of nodes) {
    if (node.type !== 'final') addBranches(machine, node, rows);
  }
  const config: unknown = machine.config;
  const { context = {}, output } = config as {
    context?: object;
    output?: (scope: { context: object }) => unknown;
  };
  return {
    machine,
    initial: rowOf(machine, root, rows, initialState(machine, root)),
    contextOf: isFactory(context) ? (input) => context({ input }) : () => ({ ...context }),
    outputOf: (finished) => output?.({ context: finished }),
  };
}

type ContextFactory = (scope: { input: unknown }) => object;

function isFactory(context: object): context is ContextFactory {
  return typeof context === 'function';
}

function initialState(machine: AnyStateMachine, root: AnyStateNode): string {
  const { target, actions } = root.initial;
  if (actions.length > 0) refuse(machine, root, "actions of 'initial'");
  const first = target[0];
  if (first?.type === 'final') refuse(machine, root, 'a final initial state');
  return first?.key ?? refuse(machine, root, "no 'initial' state");
}

/** A row to which branches are added later, because the rows that they refer to must exist. */
interface CompiledRow extends Row {
  readonly branches: Map<string, readonly Branch[]>;
  readonly always: Branch[];
}

type Rows = ReadonlyMap<string, CompiledRow>;

type AnyTransition = NonNullable<AnyStateNode['always']>[number];

function addBranches(machine: AnyStateMachine, node: AnyStateNode, rows: Rows): void {
  const { branches, always } = rowOf(machine, node, rows, node.key);
  // XState checks the transitions of the state first and then those of the root. A flat table can
  // put both into one list.
  for (const source of [node, machine.root]) {
    for (const [type, transitions] of source.transitions) {
      if (type.includes('*')) refuse(machine, source, `the wildcard event '${type}'`);
      const compiled = transitions.map((transition) =>
        compileBranch(machine, source, transition, node.key, rows),
      );
      branches.set(type, [...(branches.get(type) ?? []), ...compiled]);
    }
  }
  for (const transition of node.always ?? []) {
    if (transition.actions.length > 0) refuse(machine, node, "an action of 'always'");
    if (transition.target === undefined) refuse(machine, node, "'always' without a target");
    always.push(compileBranch(machine, node, transition, node.key, rows));
  }
}

function compileBranch(
  machine: AnyStateMachine,
  source: AnyStateNode,
  { target, guard, actions }: AnyTransition,
  stay: string,
  rows: Rows,
): Branch {
  if (target !== undefined && target.length !== 1) refuse(machine, source, 'several targets');
  return {
    guard: compileGuard(machine, source, guard),
    target: rowOf(machine, source, rows, target?.[0]?.key ?? stay),
    effects: actions.map((action) => compileEffect(machine, source, action)),
  };
}

function rowOf(machine: AnyStateMachine, node: AnyStateNode, rows: Rows, key: string): CompiledRow {
  return rows.get(key) ?? refuse(machine, node, `the target '${key}'`);
}

function compileGuard(machine: AnyStateMachine, node: AnyStateNode, guard: unknown) {
  if (guard === undefined) return undefined;
  const { guards } = machine.implementations as { guards: Record<string, unknown> };
  const resolved = typeof guard === 'string' ? guards[guard] : guard;
  if (typeof resolved !== 'function' || 'check' in resolved) {
    return refuse(machine, node, 'a guard that is not a function');
  }
  return resolved as Guard;
}

/** `assign(…)` and `emit(…)` give functions that have their definition as properties. */
function compileEffect(machine: AnyStateMachine, node: AnyStateNode, action: unknown): Effect {
  const { actions } = machine.implementations as { actions: Record<string, unknown> };
  const resolved = typeof action === 'string' ? actions[action] : action;
  const recipe = (typeof resolved === 'function' ? resolved : {}) as {
    type?: string;
    assignment?: Assignment | Record<string, unknown>;
    event?: Emit | EventObject;
  };
  const { type, assignment, event } = recipe;
  if (type === 'xstate.assign' && typeof assignment === 'function') {
    return { kind: 'assign', write: writerOf(assignment) };
  }
  if (type === 'xstate.emit' && event !== undefined) {
    return { kind: 'emit', emit: typeof event === 'function' ? event : () => event };
  }
  return refuse(machine, node, 'an action that is neither assign(function) nor emit(event)');
}

function refuseUnlessPlain(machine: AnyStateMachine, node: AnyStateNode): void {
  const features: readonly (readonly [string, number])[] = [
    ['entry', node.entry.length],
    ['exit', node.exit.length],
    ['invoke', node.invoke.length],
    ['after', node.after.length],
  ];
  for (const [feature, count] of features) {
    if (count > 0) refuse(machine, node, `'${feature}'`);
  }
}

function refuse(machine: AnyStateMachine, node: AnyStateNode, feature: string): never {
  const place = node === machine.root ? 'its root' : `its state '${node.key}'`;
  throw new UnsupportedMachineError(machine.id, place, feature);
}

/** The first branch whose guard lets the event through. */
export function firstOpen(
  branches: readonly Branch[],
  context: object,
  event: EventObject,
): Branch | undefined {
  for (const branch of branches) {
    if (branch.guard === undefined || branch.guard({ context, event })) return branch;
  }
  return undefined;
}

/** The row in which an actor is that entered this one: `always` may lead on from it. */
export function settledRow(entered: Row, context: object, event: EventObject): Row {
  let row = entered;
  while (row.always.length > 0) {
    const branch = firstOpen(row.always, context, event);
    if (branch === undefined) break;
    row = branch.target;
  }
  return row;
}
