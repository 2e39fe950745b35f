/**
 * Machine records: what a program reports of its own XState actors. They are numbered as those of an
 * endpoint are, under a key of their own.
 */
import { boolean, literal, object, optional, picklist, string, variant } from 'valibot';
import type { InferOutput } from 'valibot';
import { legible, list } from './record-bounds.js';
import { common, count } from './record-parts.js';

/** A user's actor, whoever inspects it. */
export const actorKey = object({
  /** The key of its process, which is random. */
  process: string(),
  /** Its session id, which XState gives once in a process. */
  session: string(),
});

/**
 * The graph of a user's machine, read from its definition. States are named by their paths, whose
 * keys are joined with dots; the machine itself is the empty path.
 */
const machineChart = object({
  /** Whether all states at the top are entered together. */
  parallel: boolean(),
  states: list(
    object({
      path: string(),
      /** The last key of the path. */
      name: string(),
      /** The path of the state that it is in; absent at the top. */
      parent: optional(string()),
      kind: picklist(['atomic', 'compound', 'parallel', 'final', 'history', 'deepHistory']),
      /** Whether its parent is entered here. */
      initial: boolean(),
      description: optional(string()),
      /** What runs while the machine is in this state. */
      invokes: list(object({ id: string(), source: string() })),
    }),
  ),
  /** Parents come before their children. A transition without targets keeps the states. */
  transitions: list(
    object({
      from: string(),
      /** The event; empty for a transition that needs none. */
      event: string(),
      to: list(string()),
      /** The name of the condition under which it is taken. */
      guard: optional(string()),
    }),
  ),
  /** How many states and transitions were left out, because there are too many to be drawn. */
  leftOut: count,
});

/** A program whose own actors are shown. This record comes first, as that of an endpoint does. */
const programRecord = object({
  type: literal('program'),
  ...common,
  name: string(),
  process: string(),
  processId: count,
  version: string(),
});

/** The definition of a machine. It comes before the first actor that runs it. */
const machineRecord = object({
  type: literal('machine'),
  ...common,
  /** The number of the machine in this program. */
  machine: count,
  id: string(),
  chart: machineChart,
});

/** A user's actor was started, or found. */
const actorRecord = object({
  type: literal('actor'),
  ...common,
  session: string(),
  /** The session id of the actor that invoked or spawned it. */
  parent: optional(string()),
  id: string(),
  /** The name of its logic, if it has one. */
  source: optional(string()),
  /** The number of its machine; absent if it runs other logic, such as that of a promise. */
  machine: optional(count),
  /** The procedure, if it is an invoked call. */
  procedure: optional(string()),
});

/** A user's actor took an event. */
const actorStepRecord = object({
  type: literal('actor.step'),
  ...common,
  session: string(),
  event: string(),
  /** The session id of the actor that sent the event, if an actor did. */
  sender: optional(string()),
  /** What the event has besides its type. */
  payload: optional(legible),
  status: picklist(['active', 'done', 'error', 'stopped']),
  /** For a machine: the paths of the innermost states that it is in. */
  states: optional(list(string())),
  /** For a machine: the places of the transitions that were taken, in its chart. */
  taken: optional(list(count)),
  /** Absent if the step did not change it. */
  context: optional(legible),
  /** Its output or its error, in its last step. */
  output: optional(legible),
  error: optional(legible),
  /** How many steps before this one are not shown, because there were too many. */
  skipped: optional(count),
});

/** How many actors and steps were too many to be shown. Replaces the record before. */
const programCountsRecord = object({
  type: literal('program.counts'),
  ...common,
  skipped: object({ actors: count, steps: count }),
});

/** All of them. */
export const machineRecords = variant('type', [
  programRecord,
  machineRecord,
  actorRecord,
  actorStepRecord,
  programCountsRecord,
]);

/** Any of them. */
export type MachineRecord = InferOutput<typeof machineRecords>;

/** The graph of a user's machine. */
export type MachineChart = InferOutput<typeof machineChart>;
