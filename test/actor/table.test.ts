/**
 * A machine that a table would run differently from XState is refused, with the name of the
 * feature.
 */
import t from 'tap';
import { and, assign, createMachine, raise } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { compileTable, UnsupportedMachineError } from '../../src/actor/table.js';

const idle = { on: { go: 'done' } };
const done = { type: 'final' as const };

const refused: Readonly<Record<string, readonly [machine: AnyStateMachine, message: string]>> = {
  'entry actions': [
    createMachine({ initial: 'idle', states: { idle: { entry: () => undefined }, done } }),
    "its state 'idle' uses 'entry'",
  ],
  'exit actions': [
    createMachine({ initial: 'idle', states: { idle: { exit: () => undefined }, done } }),
    "its state 'idle' uses 'exit'",
  ],
  'entry actions of the root': [
    createMachine({ entry: () => undefined, initial: 'idle', states: { idle, done } }),
    "its root uses 'entry'",
  ],
  'invoked actors': [
    createMachine({ initial: 'idle', states: { idle: { invoke: { src: 'other' } }, done } }),
    "its state 'idle' uses 'invoke'",
  ],
  'delayed transitions': [
    createMachine({ initial: 'idle', states: { idle: { after: { 10: 'done' } }, done } }),
    "its state 'idle' uses 'entry'",
  ],
  'eventless transitions with actions': [
    createMachine({
      initial: 'idle',
      states: { idle: { always: { target: 'done', actions: () => undefined } }, done },
    }),
    "its state 'idle' uses an action of 'always'",
  ],
  'eventless transitions of the root': [
    createMachine({ always: '.done', initial: 'idle', states: { idle, done } }),
    "its root uses 'always'",
  ],
  'nested states': [
    createMachine({ initial: 'idle', states: { idle: { initial: 'a', states: { a: {} } }, done } }),
    "its state 'idle' uses a state of type 'compound'",
  ],
  'parallel states': [
    createMachine({ type: 'parallel', states: { a: {}, b: {} } }),
    "its root uses a root of type 'parallel'",
  ],
  'wildcard events': [
    createMachine({ initial: 'idle', states: { idle: { on: { '*': 'done' } }, done } }),
    "its state 'idle' uses the wildcard event '*'",
  ],
  'partial wildcards': [
    createMachine({ initial: 'idle', states: { idle: { on: { 'call.*': 'done' } }, done } }),
    "its state 'idle' uses the wildcard event 'call.*'",
  ],
  'named guards that are not there': [
    createMachine({
      initial: 'idle',
      states: { idle: { on: { go: { guard: 'g', target: 'done' } } }, done },
    }),
    "its state 'idle' uses a guard that is not a function",
  ],
  'combined guards': [
    createMachine({
      initial: 'idle',
      states: { idle: { on: { go: { guard: and([() => true]), target: 'done' } } }, done },
    }),
    "its state 'idle' uses a guard that is not a function",
  ],
  'raised events': [
    createMachine({
      initial: 'idle',
      states: { idle: { on: { go: { actions: raise({ type: 'x' }) } } }, done },
    }),
    "its state 'idle' uses an action that is neither assign(function) nor emit(event)",
  ],
  'custom actions': [
    createMachine({
      initial: 'idle',
      states: { idle: { on: { go: { actions: () => undefined } } }, done },
    }),
    "its state 'idle' uses an action that is neither assign(function) nor emit(event)",
  ],
  'actions without implementation': [
    createMachine({ initial: 'idle', states: { idle: { on: { go: { actions: 'x' } } }, done } }),
    "its state 'idle' uses an action that is neither assign(function) nor emit(event)",
  ],
  'assigners by property': [
    createMachine({
      initial: 'idle',
      states: { idle: { on: { go: { actions: assign({ n: 1 }) } } }, done },
    }),
    "its state 'idle' uses an action that is neither assign(function) nor emit(event)",
  ],
  'output of a state': [
    createMachine({ initial: 'idle', states: { idle, done: { type: 'final', output: 1 } } }),
    "its state 'done' uses 'output' of a state",
  ],
  'constant output': [
    createMachine({ output: 1, initial: 'idle', states: { idle, done } }),
    "its root uses an 'output' that is not a function",
  ],
  'a final initial state': [
    createMachine({ initial: 'done', states: { done } }),
    'its root uses a final initial state',
  ],
};

for (const [feature, [machine, message]] of Object.entries(refused)) {
  t.test(`refuses ${feature}`, (t) => {
    t.throws(() => compileTable(machine), UnsupportedMachineError);
    t.throws(() => compileTable(machine), {
      message: `The machine '(machine)' cannot be compiled to a table: ${message}.`,
    });
    t.end();
  });
}
