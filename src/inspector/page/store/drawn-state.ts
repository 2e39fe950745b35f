/** Drawn state: a state of a chart as it is drawn. */

export interface DrawnState {
  /** Unique in its chart. */
  readonly name: string;
  readonly label: string;
  /** The name of the state that it is in; absent at the top. Parents come before their children. */
  readonly parent?: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history' | 'deepHistory';
  readonly initial: boolean;
  readonly description?: string | undefined;
  /** What runs while the machine is in this state. */
  readonly invokes: readonly string[];
}

/** Stands for every state, in transitions that leave from any state. */
export const ANY_STATE = '*';

/** The place where such transitions begin. */
export function anyState(): DrawnState {
  return { name: ANY_STATE, label: 'any state', kind: 'atomic', initial: false, invokes: [] };
}
