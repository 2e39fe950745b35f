/**
 * Keeps light actors correct: on every path of each machine, and on random event sequences, they
 * must show exactly what XState's own actor shows.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { AnyStateMachine, EventFromLogic, EventObject, InputFrom } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { callMachine } from '../../src/call/machine.js';
import type { CallEvent, CallMachineInput } from '../../src/api/call-snapshot.js';
import { RemoteError } from '../../src/api/outcome.js';
import { handlerMachine } from '../../src/handler/machine.js';
import type { HandlerEvent, HandlerInput } from '../../src/handler/machine.js';
import { notificationMachine } from '../../src/notification/machine.js';
import type { NotificationEvent, NotificationInput } from '../../src/api/notification-snapshot.js';
import { peerMachine } from '../../src/peer/machine.js';
import type { PeerContext, PeerEvent, PeerInput } from '../../src/peer/machine.js';
import { runSideBySide } from './side-by-side.js';

const callInput: CallMachineInput = {
  procedure: 'sayhi',
  args: ['Snake', 7n],
  peer: '127.0.0.1:1234',
  transactionId: '3f9a'.repeat(10),
  timeoutMs: 5_000,
  maxAttempts: 3,
  calledAtMs: 100,
  reference: { mark: 1 },
};

const callEvents: readonly CallEvent[] = [
  { type: 'transmitted', atMs: 101 },
  { type: 'restored', calledAtMs: -400, sentAtMs: -300, attempts: 2 },
  { type: 'accepted' },
  { type: 'refused', error: new Error('ENETUNREACH') },
  { type: 'retransmitted' },
  { type: 'working' },
  { type: 'answered', value: 'hello', atMs: 6_000 },
  { type: 'failed', error: new RemoteError('unknownProcedure', 'no such procedure'), atMs: 6_001 },
  { type: 'withdrawn' },
  { type: 'expired', verdict: 'peerSilent' },
  { type: 'cancel', reason: 'enough' },
  { type: 'moved', peer: '10.0.0.2:1234' },
  { type: 'overdue', waitedMs: 1_200 },
  { type: 'answeredElsewhere', from: '127.0.0.1:1235' },
  { type: 'lingered' },
];

const handlerInput: HandlerInput = {
  procedure: 'sayhi',
  args: ['Snake'],
  peer: '127.0.0.1:5678',
  transactionId: 'b21c'.repeat(10),
  attempt: 1,
  oneWay: false,
  headers: undefined,
  receivedAtMs: 7,
};

const handlerEvents: readonly HandlerEvent[] = [
  { type: 'started' },
  { type: 'refused', refusal: 'unknownProcedure' },
  { type: 'replied', replyBytes: 48, atMs: 9 },
  { type: 'finished', atMs: 9 },
  {
    type: 'failed',
    error: new Error('bang'),
    failure: { code: 'bang', message: 'bang' },
    replyBytes: 30,
    atMs: 9,
  },
  { type: 'cancelled' },
  { type: 'duplicated' },
  { type: 'abandoned' },
];

const notificationInput: NotificationInput = {
  procedure: 'moved',
  args: [1, 2],
  peer: '127.0.0.1:1234',
  transactionId: '5d07'.repeat(10),
  latest: 'position',
};

const notificationEvents: readonly NotificationEvent[] = [
  { type: 'moved', peer: '10.0.0.2:1234' },
  { type: 'transmitted' },
  { type: 'replaced', by: '77aa'.repeat(10) },
  { type: 'dropped', reason: 'noRoom' },
  { type: 'dropped', reason: 'refused', error: new Error('ENETUNREACH') },
];

const peerEvents: readonly PeerEvent[] = [
  { type: 'call', procedure: 'sayhi', args: ['Snake'] },
  { type: 'resolved', address: '10.0.0.1:1234' },
  { type: 'heard' },
  { type: 'expired' },
  { type: 'forgotten' },
];

/** An event that no machine has. */
const strange = { type: 'no.such.event' };

interface Walk {
  /** States that no path reaches with this input. */
  readonly beyond?: readonly string[];
  /** Counts in the context that guards ask about, up to the number that matters. */
  readonly counts?: (context: never) => number;
}

function provesEqual<TMachine extends AnyStateMachine>(
  machine: TMachine,
  input: InputFrom<TMachine>,
  events: readonly EventFromLogic<TMachine>[],
  { beyond = [], counts = () => 0 }: Walk = {},
): void {
  t.test(`the ${machine.id} machine on every path`, (t) => {
    const paths = getSimplePaths(machine as AnyStateMachine, {
      input,
      events: [...events],
      // Paths by state: with contexts that count, the number of paths would have no end.
      serializeState: (snapshot) =>
        JSON.stringify([snapshot.value, counts(snapshot.context as never)]),
    });
    const reached = new Set(paths.map((path) => String(path.state.value)));
    const reachable = Object.keys(machine.states).filter((state) => !beyond.includes(state));
    t.strictSame([...reached].sort(), reachable.sort(), 'every state is reached');
    for (const path of paths) {
      const steps = path.steps as readonly { readonly event: EventObject }[];
      const sent = steps.map(({ event }) => event).filter(({ type }) => type !== 'xstate.init');
      // After the end, sends everything again: a finished actor must not change.
      const both = runSideBySide(machine, input, [...sent, ...events] as unknown as typeof events);
      t.strictSame(both.light, both.xstate, sent.map((event) => event.type).join(' → ') || 'start');
    }
    t.end();
  });

  t.test(`the ${machine.id} machine on random sequences of events`, (t) => {
    const anyEvent = fc.constantFrom(...events, strange as EventFromLogic<TMachine>);
    const sequences = fc.array(anyEvent, { maxLength: 24 });
    const property = fc.property(sequences, (sequence) => {
      const { light, xstate } = runSideBySide(machine, input, sequence);
      return isDeepStrictEqual(light, xstate);
    });
    // On failure the message has the seed and the shortest sequence that shows the difference.
    t.doesNotThrow(() => {
      fc.assert(property, { numRuns: 500 });
    });
    t.end();
  });
}

provesEqual(callMachine, callInput, callEvents);
provesEqual(notificationMachine, notificationInput, notificationEvents);
provesEqual(handlerMachine, handlerInput, handlerEvents);

// Three time-outs in a row make a peer silent.
const counts = ({ expiredInARow }: PeerContext): number => Math.min(expiredInARow, 3);
const named: PeerInput = { address: 'example.org:1234', resolved: false };
const addressed: PeerInput = { address: '10.0.0.1:1234', resolved: true };
provesEqual(peerMachine, named, peerEvents, { counts });
provesEqual(peerMachine, addressed, peerEvents, { counts, beyond: ['resolving'] });
