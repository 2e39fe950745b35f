import t, { type Test } from 'tap';
import {
  createMachine,
  toPromise,
  waitFor,
  type AnyStateMachine,
  type InspectionEvent,
} from 'xstate';
import type { InspectionObserver } from '../../src/actor/inspection.js';
import type { Call } from '../../src/api/call.js';
import { callMachine } from '../../src/call/machine.js';
import { systemClock } from '../../src/time/clock.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { endpointMachine } from '../../src/endpoint/machine.js';
import { handlerMachine } from '../../src/handler/machine.js';
import { peerMachine } from '../../src/peer/machine.js';
import { socketMachine } from '../../src/socket/machine.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SeededRandom } from '../../src/testing/random.js';
import { openStatelyInspector, type StatelyInspector } from '../fixtures/stately-inspector.js';

const TIMEOUT_MS = 1_000;
const LINGER_MS = 5_000;

const MACHINES: Readonly<Record<string, AnyStateMachine>> = {
  endpoint: endpointMachine,
  socket: socketMachine,
  peer: peerMachine,
  call: callMachine,
  handler: handlerMachine,
};

async function openStately(t: Test): Promise<StatelyInspector> {
  const stately = await openStatelyInspector();
  t.teardown(() => stately.close());
  return stately;
}

/** A clock that stands still, with an event loop and sockets that do not. */
class LoopingClock extends SimulatedClock {
  override afterPoll(callback: () => void): void {
    systemClock.afterPoll(callback);
  }
}

/** A promise that resolves when it is told to. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Waits until only the answer or the clock can move the call. */
async function awaiting(call: Call): Promise<void> {
  await waitFor(call, (snapshot) => snapshot.matches('awaiting'));
}

/**
 * Three calls from a client to a server: one resolved, one late, one rejected. Both endpoints are
 * then closed.
 */
async function threeCalls(inspect: InspectionObserver) {
  const clock = new LoopingClock();
  const first = gate();
  const second = gate();
  const gates = [first, second];
  const handlers = {
    sayhi: async (_scope: unknown, name: string) => {
      await gates.shift()?.opened;
      return `Hello ${name}`;
    },
  };
  const local = { host: '127.0.0.1', clock, inspect };
  const server = await createEndpoint({ ...local, handlers });
  const client = await createEndpoint({
    ...local,
    timeoutMs: TIMEOUT_MS,
    lingerMs: LINGER_MS,
    // Names show the first four digits of an id. With this seed they differ in all three.
    random: new SeededRandom(1),
  });
  const peer = client.peer(server.address);

  const resolved = peer.call('sayhi', ['Snake']);
  await awaiting(resolved);
  first.open();
  await resolved;

  const late = peer.call('sayhi', ['Plissken']);
  await awaiting(late);
  await clock.advance(TIMEOUT_MS);
  second.open();
  await toPromise(late);

  const rejected = peer.call('nobody');
  await awaiting(rejected);
  await rejected;

  const ports = { server: server.address.port, client: client.address.port };
  await client.close();
  await server.close();
  return { resolved, late, rejected, ports };
}

/** The actors as an indented tree, from those without a parent downwards. */
function treeOf(stately: StatelyInspector): string[] {
  const actors = stately.messages('@xstate.actor');
  const below = (parentId: string | undefined, indent: string): string[] =>
    actors
      .filter((actor) => actor.parentId === parentId)
      .flatMap(({ name, sessionId }) => [indent + name, ...below(sessionId, `${indent}  `)]);
  return below(undefined, '');
}

/** Each step of one actor: the event, and the state after it. */
function stepsOf(stately: StatelyInspector, sessionId: string | undefined): string[] {
  return stately
    .messages('@xstate.snapshot')
    .filter((message) => message.sessionId === sessionId)
    .map(({ event, snapshot }) => `${event.type} → ${snapshot.value}`);
}

/** States and their transitions, which a drawn chart shows. */
function chartOf({ id, states }: AnyStateMachine): object {
  const ways = Object.entries(states).map(([name, { type, transitions }]) => [
    name,
    {
      type,
      on: Object.fromEntries(
        [...transitions].map(([event, taken]) => [
          event,
          taken.map(({ target }) => target?.map(({ key }) => key)),
        ]),
      ),
    },
  ]);
  return { id, states: Object.fromEntries(ways) as object };
}

t.test("Stately's inspector sees all actors of two endpoints", async (t) => {
  const stately = await openStately(t);
  const { resolved, late, rejected, ports } = await threeCalls(stately.inspect);
  await stately.flush();
  const actors = stately.messages('@xstate.actor');
  const shortId = (call: Call) => call.transactionId.slice(0, 4);

  await t.test('each actor is in its place below its endpoint, with a readable name', async (t) => {
    const tree = treeOf(stately);
    t.same(tree, [
      'endpoint',
      '  socket',
      `  peer 127.0.0.1:${ports.client}`,
      `    handler ${shortId(resolved)}`,
      `    handler ${shortId(late)}`,
      `    handler ${shortId(rejected)}`,
      'endpoint',
      '  socket',
      `  peer 127.0.0.1:${ports.server}`,
      `    call sayhi ${shortId(resolved)}`,
      `    call sayhi ${shortId(late)}`,
      `    call nobody ${shortId(rejected)}`,
    ]);
    t.equal(tree.length, actors.length, 'every actor is in the tree');
  });

  await t.test('each actor has its own session id', async (t) => {
    t.equal(new Set(actors.map(({ sessionId }) => sessionId)).size, actors.length);
  });

  await t.test(
    'each actor has a chart that XState can build, equal to the real one state by state',
    async (t) => {
      for (const { name, definition } of actors) {
        const [kind = ''] = name.split(' ');
        const machine = createMachine(JSON.parse(definition) as object);
        t.same(chartOf(machine), chartOf(MACHINES[kind]!), name);
      }
    },
  );

  await t.test('each step is sent as an event and as a snapshot', async (t) => {
    for (const { name, sessionId } of actors) {
      const typesOf = (type: '@xstate.event' | '@xstate.snapshot') =>
        stately
          .messages(type)
          .filter((message) => message.sessionId === sessionId)
          .map(({ event }) => event.type);
      t.same(typesOf('@xstate.snapshot'), typesOf('@xstate.event'), name);
    }
    const sent = ['xstate.init → queued', 'transmitted → sent', 'accepted → awaiting'];
    t.same(stepsOf(stately, resolved.sessionId), [...sent, 'answered → resolved']);
    t.same(stepsOf(stately, late.sessionId), [...sent, 'expired → timedOut', 'answered → late']);
    t.same(stepsOf(stately, rejected.sessionId), [...sent, 'failed → rejected']);

    const named = (name: string) => actors.find((actor) => actor.name === name)?.sessionId;
    t.same(stepsOf(stately, named(`handler ${shortId(late)}`)), [
      'xstate.init → received',
      'started → running',
      'replied → replied',
    ]);
    t.same(stepsOf(stately, named(`handler ${shortId(rejected)}`)), [
      'xstate.init → received',
      'refused → refused',
    ]);
    t.same(stepsOf(stately, named(`peer 127.0.0.1:${ports.server}`)), [
      'xstate.init → unknown',
      'heard → responsive',
      'expired → suspect',
      'heard → responsive',
      'forgotten → forgotten',
    ]);
  });
});

t.test('values that JSON cannot express reach the page in a similar form', async (t) => {
  const stately = await openStately(t);
  const { inspect } = stately;
  const server = await createEndpoint({
    host: '127.0.0.1',
    inspect,
    handlers: { echo: (_scope: unknown, ...values: unknown[]) => values },
  });
  t.teardown(() => server.close());
  const client = await createEndpoint({ host: '127.0.0.1', inspect });
  t.teardown(() => client.close());
  const circle: Record<string, unknown> = { map: new Map([[1n, 2n]]) };
  circle['self'] = circle;

  const values = [new Uint8Array([1, 2]), 2n ** 63n, new Date(0), NaN, undefined];
  const call = client.peer(server.address).call('echo', values, { reference: circle });
  t.equal((await call).state, 'resolved');
  await stately.flush();

  const last = stately
    .messages('@xstate.snapshot')
    .findLast(({ sessionId }) => sessionId === call.sessionId);
  t.match(last?.snapshot, {
    value: 'resolved',
    context: {
      args: [{ 0: 1, 1: 2 }, 2 ** 63, '1970-01-01T00:00:00.000Z', null, null],
      reference: { map: {}, self: '[Circular]' },
      outcome: { value: [{ 0: 1, 1: 2 }, 2 ** 63, '1970-01-01T00:00:00.000Z', null] },
    },
  });
});

t.test('an observer that throws does no harm and is reported once', async (t) => {
  const failure = new Error('the observer is broken');
  let seen = 0;
  const fail = (_event: InspectionEvent): void => {
    seen += 1;
    throw failure;
  };
  for (const inspect of [fail, { next: fail }]) {
    seen = 0;
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const endpoint = await createEndpoint({
      host: '127.0.0.1',
      inspect,
      onError,
      handlers: { sayhi: () => 'Hello' },
    });
    const call = endpoint.peer(endpoint.address).call('sayhi');
    t.match(await call, { state: 'resolved', value: 'Hello' });
    await endpoint.close();
    t.ok(seen > 20, `it threw ${seen} times`);
    t.equal(errors.length, 1);
    t.equal(errors[0], failure);
  }
});
