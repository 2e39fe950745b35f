/** Charts: the graph of a state machine, read from its definition. */
import type { AnyStateMachine } from 'xstate';
import type { Chart } from '../record.js';

/** All states and transitions of a machine without nested states. */
export function chartOf({ root }: AnyStateMachine): Chart {
  const nodes = Object.values(root.states);
  return {
    initial: root.initial.target[0]?.key ?? '',
    states: nodes.map(({ key, description, type }) => ({
      name: key,
      description,
      final: type === 'final',
    })),
    transitions: [root, ...nodes].flatMap((node) =>
      [...node.transitions].flatMap(([event, transitions]) =>
        distinct(transitions.map(({ target }) => target?.[0]?.key)).map((to) => ({
          from: node === root ? '*' : node.key,
          event,
          to,
        })),
      ),
    ),
  };
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
