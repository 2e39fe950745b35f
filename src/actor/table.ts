/**
 * Transition table: an XState machine compiled once into arrays, which a light actor can step in
 * well under a microsecond.
 *
 * The machine remains the only definition. Compiling refuses every XState feature that the table
 * would run differently, and names it. So a table always behaves like XState's interpreter.
 */
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';

/** What guards, assigners and emitters may read. XState gives more, which is not needed here. */
interface Scope {
  readonly context: object;
  readonly event: EventObject;
}

type Guard = (scope: Scope) => boolean;
type Assign = (scope: Scope) => object;
type Emit = (scope: Scope) => EventObject;

/** An effect of a transition: it changes the context or emits an event. The order is kept. */
type Effect =
  | { readonly kind: 'assign'; readonly assign: Assign }
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
 * Compiles a flat machine: atomic and final states, transitions with inline guards, `assign` and
 * `emit`, and an `output` at the root.
 *
 * @throws UnsupportedMachineError that names the machine, the place and the unsupported feature.
 */
export function compileTable<TMachine extends AnyStateMachine>(
  machine: TMachine,
): MachineTable<TMachine> {
  const root: AnyStateNode = machine.root;
  refuseUnlessPlain(machine, root);
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
}

type Rows = ReadonlyMap<string, CompiledRow>;

function addBranches(machine: AnyStateMachine, node: AnyStateNode, rows: Rows): void {
  const { branches } = rowOf(machine, node, rows, node.key);
  // XState checks the transitions of the state first and then those of the root. A flat table can
  // put both into one list.
  for (const source of [node, machine.root]) {
    for (const [type, transitions] of source.transitions) {
      if (type.includes('*')) refuse(machine, source, `the wildcard event '${type}'`);
      const compiled = transitions.map(({ target, guard, actions }): Branch => {
        if (target !== undefined && target.length !== 1) refuse(machine, source, 'several targets');
        return {
          guard: compileGuard(machine, source, guard),
          target: rowOf(machine, source, rows, target?.[0]?.key ?? node.key),
          effects: actions.map((action) => compileEffect(machine, source, action)),
        };
      });
      branches.set(type, [...(branches.get(type) ?? []), ...compiled]);
    }
  }
}

function rowOf(machine: AnyStateMachine, node: AnyStateNode, rows: Rows, key: string): CompiledRow {
  return rows.get(key) ?? refuse(machine, node, `the target '${key}'`);
}

function compileGuard(machine: AnyStateMachine, node: AnyStateNode, guard: unknown) {
  if (guard === undefined) return undefined;
  if (typeof guard !== 'function' || 'check' in guard) {
    return refuse(machine, node, 'a guard that is not an inline function');
  }
  return guard as Guard;
}

/** `assign(…)` and `emit(…)` give functions that have their definition as properties. */
function compileEffect(machine: AnyStateMachine, node: AnyStateNode, action: unknown): Effect {
  const { actions } = machine.implementations as { actions: Record<string, unknown> };
  const resolved = typeof action === 'string' ? actions[action] : action;
  const recipe = (typeof resolved === 'function' ? resolved : {}) as {
    type?: string;
    assignment?: Assign | Record<string, unknown>;
    event?: Emit | EventObject;
  };
  const { type, assignment, event } = recipe;
  if (type === 'xstate.assign' && typeof assignment === 'function') {
    return { kind: 'assign', assign: assignment };
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
    ['always', node.always?.length ?? 0],
  ];
  for (const [feature, count] of features) {
    if (count > 0) refuse(machine, node, `'${feature}'`);
  }
}

function refuse(machine: AnyStateMachine, node: AnyStateNode, feature: string): never {
  const place = node === machine.root ? 'its root' : `its state '${node.key}'`;
  throw new UnsupportedMachineError(machine.id, place, feature);
}
