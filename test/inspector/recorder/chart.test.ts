import t from 'tap';
import { setup } from 'xstate';
import { callMachine } from '../../../src/call/machine.js';
import { endpointMachine } from '../../../src/endpoint/machine.js';
import { handlerMachine } from '../../../src/handler/machine.js';
import { chartOf } from '../../../src/inspector/recorder/chart.js';
import { notificationMachine } from '../../../src/notification/machine.js';
import { peerMachine } from '../../../src/peer/machine.js';
import { socketMachine } from '../../../src/socket/machine.js';

t.test('a chart has every state and transition, once', async (t) => {
  const machine = setup({ guards: { yes: () => true, no: () => false } }).createMachine({
    initial: 'first',
    on: { end: { target: '.last' } },
    states: {
      first: {
        description: 'Here it begins.',
        on: {
          go: [{ guard: 'no', target: 'last' }, { guard: 'yes', target: 'last' }, {}],
          stay: {},
        },
      },
      last: { type: 'final' },
    },
  });
  t.strictSame(chartOf(machine), {
    initial: 'first',
    states: [
      { name: 'first', description: 'Here it begins.', final: false },
      { name: 'last', description: undefined, final: true },
    ],
    transitions: [
      { from: '*', event: 'end', to: 'last' },
      { from: 'first', event: 'go', to: 'last' },
      { from: 'first', event: 'go', to: undefined },
      { from: 'first', event: 'stay', to: undefined },
    ],
  });
});

t.test('the charts of all machines are complete: each state can be reached', async (t) => {
  for (const machine of [
    endpointMachine,
    socketMachine,
    peerMachine,
    callMachine,
    notificationMachine,
    handlerMachine,
  ]) {
    const { initial, states, transitions } = chartOf(machine);
    const names = new Set(states.map(({ name }) => name));
    const reached = new Set([initial]);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const { from, to } of transitions) {
        if (to !== undefined && (from === '*' || reached.has(from))) reached.add(to);
      }
    }
    t.strictSame([...reached].sort(), [...names].sort(), machine.id);
  }
});
