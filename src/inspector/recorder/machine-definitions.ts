/** Machine definitions: numbers the machines of a program, and makes a record of each one. */
import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import { shorten } from '../../escape.js';
import type { Unnumbered, RecordOf } from '../record.js';
import { readChart } from './machine-chart.js';

export interface MachineDefinition {
  readonly number: number;
  /** The places of its transitions in its chart. */
  readonly places: ReadonlyMap<AnyTransitionDefinition, number>;
}

/** Actors of further machines are shown without a chart. */
const MAX_MACHINES = 256;
const MAX_ID_LENGTH = 128;

export class MachineDefinitions {
  readonly #emit: (unnumbered: Unnumbered<RecordOf<'machine'>>) => void;
  readonly #known = new WeakMap<AnyStateMachine, MachineDefinition>();
  /**
   * By what is shown of them: a program may make an equal machine for each of its actors. Bounded by
   * `MAX_MACHINES`.
   */
  readonly #numbers = new Map<string, number>();

  constructor(emit: (unnumbered: Unnumbered<RecordOf<'machine'>>) => void) {
    this.#emit = emit;
  }

  /** Undefined for logic that is no machine, and when there are too many machines. */
  of(logic: unknown): MachineDefinition | undefined {
    if (!isMachine(logic)) return undefined;
    const known = this.#known.get(logic);
    if (known !== undefined) return known;
    const { chart, places } = readChart(logic);
    const id = shorten(logic.id, MAX_ID_LENGTH);
    const text = JSON.stringify([id, chart]);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#numbers.size === MAX_MACHINES) return undefined;
      number = this.#numbers.size + 1;
      this.#numbers.set(text, number);
      this.#emit({ type: 'machine', machine: number, id, chart });
    }
    const definition = { number, places };
    this.#known.set(logic, definition);
    return definition;
  }
}

/** Not by its class, because a program may have several copies of XState. */
export function isMachine(logic: unknown): logic is AnyStateMachine {
  return typeof logic === 'object' && logic !== null && 'root' in logic && 'definition' in logic;
}
