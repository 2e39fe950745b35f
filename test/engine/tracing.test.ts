import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import type { TracingChannelSubscribers } from 'node:diagnostics_channel';
import t from 'tap';
import type { Test } from 'tap';
import type { CallMessage, HandlerMessage } from '../../src/api/tracing-message.js';
import { inWorld } from '../fixtures/world.js';

const CALL_START = 'tracing:rpcudp:call:start';
const STAGES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/** Subscribes to a channel until the test ends. Returns the stages and messages as they come. */
function hear(t: Test, name: 'rpcudp:call' | 'rpcudp:handler') {
  // A message of a handler has no properties that a message of a call does not have.
  const heard: { stage: string; message: CallMessage }[] = [];
  const entries = STAGES.map((stage) => [
    stage,
    (message: CallMessage) => void heard.push({ stage, message }),
  ]);
  const subscribers = Object.fromEntries(entries) as TracingChannelSubscribers<CallMessage>;
  const channel = tracingChannel<unknown, CallMessage>(name);
  channel.subscribe(subscribers);
  t.teardown(() => {
    channel.unsubscribe(subscribers);
  });
  return heard;
}

const stagesOf = (heard: readonly { stage: string }[]) => heard.map(({ stage }) => stage);

t.test(
  'a call is one message from its start to its outcome, at both ends',
  inWorld(async (t, world) => {
    const calls = hear(t, 'rpcudp:call');
    const runs = hear(t, 'rpcudp:handler');
    const server = await world.endpoint({
      handlers: { double: async (_, number: number) => Promise.resolve(2 * number) },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('double', [21]);
    t.strictSame(stagesOf(calls), ['start', 'end']);
    await world.clock.runUntil(call);
    t.strictSame(stagesOf(calls), ['start', 'end', 'asyncStart', 'asyncEnd']);
    t.strictSame(stagesOf(runs), ['start', 'end', 'asyncStart', 'asyncEnd']);
    const subject = { procedure: 'double', args: [21], transactionId: call.transactionId };
    t.match(calls[0]?.message, { ...subject, peer: '10.0.0.1:1000', result: 42 });
    t.match(calls[0]?.message.outcome, { state: 'resolved' });
    t.match(runs[0]?.message, { ...subject, peer: '10.0.0.2:1000', result: 42 });
    for (const { message } of calls) t.equal(message, calls[0]?.message);
    for (const { message } of runs) t.equal(message, runs[0]?.message);
  }),
);

t.test(
  'an error comes only once, before the end',
  inWorld(async (t, world) => {
    const calls = hear(t, 'rpcudp:call');
    const runs = hear(t, 'rpcudp:handler');
    const failure = new Error('broken');
    const server = await world.endpoint({
      handlers: {
        throws: () => {
          throw failure;
        },
        rejects: () => Promise.reject(failure),
      },
    });
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    for (const [name, stages] of [
      ['throws', ['start', 'error', 'end', 'asyncStart', 'asyncEnd']],
      ['rejects', ['start', 'end', 'error', 'asyncStart', 'asyncEnd']],
    ] as const) {
      await world.clock.runUntil(peer.call(name));
      t.strictSame(stagesOf(runs.splice(0).map((run) => run)), stages, name);
      t.strictSame(stagesOf(calls), ['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
      const [{ message } = {}] = calls.splice(0);
      t.match(message?.error, { code: 'ERR_RPCUDP_CALL', outcome: { state: 'rejected' } });
    }
    world.errors.splice(0);
  }),
);

t.test(
  'a call that cannot be made has a start, an error and an end',
  inWorld(async (t, world) => {
    const calls = hear(t, 'rpcudp:call');
    const client = await world.endpoint();
    t.throws(() => client.peer('10.9.9.9:1').call('x', [Symbol('x')]), /args\[0\]/);
    t.strictSame(stagesOf(calls), ['start', 'error', 'end']);
  }),
);

t.test(
  'both messages have the headers of the call, if it has any',
  inWorld(async (t, world) => {
    const calls = hear(t, 'rpcudp:call');
    const runs = hear(t, 'rpcudp:handler');
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('ping', [], { headers: { token: 'abc' } }));
    await world.clock.runUntil(peer.call('ping'));
    for (const heard of [calls, runs]) {
      const messages = [...new Set(heard.map(({ message }) => message))];
      t.match(messages[0], { headers: { token: 'abc' } });
      t.equal('headers' in (messages[1] as object), false);
    }
  }),
);

t.test(
  'a trace context that leaves too little room for the headers is an error of the call',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const setContext = (message: unknown) => {
      (message as CallMessage).traceparent = 'x'.repeat(256);
    };
    subscribe(CALL_START, setContext);
    t.teardown(() => unsubscribe(CALL_START, setContext));
    const call = (bytes: number) => () =>
      client.peer('10.9.9.9:1').call('x', [], { headers: { a: 'x'.repeat(bytes) } });
    t.throws(call(300), { name: 'OptionError', message: /at most 213 bytes/ });
    t.doesNotThrow(call(200));
  }),
);

t.test(
  'a subscriber gives the call a trace context, and the procedure runs in its own store',
  inWorld(async (t, world) => {
    const spans = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const server = await world.endpoint({
      handlers: {
        look: async ({ traceparent }) => {
          await Promise.resolve();
          seen.push(traceparent, spans.getStore());
        },
      },
    });
    const client = await world.endpoint();
    const { start } = tracingChannel<string, HandlerMessage>('rpcudp:handler');
    start.bindStore(spans, ({ procedure }) => `span of ${procedure}`);
    const contexts = ['00-4bf92f-00', 'not \n printable', undefined];
    const setContext = (message: unknown) => {
      (message as CallMessage).traceparent = contexts.shift();
    };
    subscribe(CALL_START, setContext);
    t.teardown(() => {
      start.unbindStore(spans);
      unsubscribe(CALL_START, setContext);
    });
    for (let call = 0; call < 3; call++) {
      await world.clock.runUntil(client.peer(server.address).call('look'));
    }
    const span = 'span of look';
    t.strictSame(seen, ['00-4bf92f-00', span, undefined, span, undefined, span]);
  }),
);

t.test(
  'a call that is over at once still ends after its synchronous part',
  inWorld(async (t, world) => {
    const calls = hear(t, 'rpcudp:call');
    const runs = hear(t, 'rpcudp:handler');
    const server = await world.endpoint({
      handlers: {
        quick: () => 'done',
        thenable: () => ({
          then: (fulfil: (value: string) => void) => {
            fulfil('done');
          },
        }),
      },
    });
    const client = await world.endpoint({ initialWindow: 1, window: 1, mailbox: 0 });
    const peer = client.peer(server.address);
    const first = peer.call('quick');
    calls.length = 0;
    const stages = ['start', 'error', 'end', 'asyncStart', 'asyncEnd'];
    for (const [options, state] of [
      [{}, 'unsent'],
      [{ signal: AbortSignal.abort('before') }, 'cancelled'],
    ] as const) {
      const call = peer.call('quick', [], options);
      t.equal(call.state, state);
      t.strictSame(stagesOf(calls), stages, state);
      t.match(calls.splice(0)[0]?.message, { outcome: { state }, error: { outcome: { state } } });
    }
    await world.clock.runUntil(first);
    t.match(await world.clock.runUntil(peer.call('thenable')), { value: 'done' });
    const succeeded = ['start', 'end', 'asyncStart', 'asyncEnd'];
    t.strictSame(stagesOf(runs), [...succeeded, ...succeeded]);
  }),
);

t.test(
  'the trace of a procedure that close() abandons ends with it, once',
  inWorld(async (t, world) => {
    const runs = hear(t, 'rpcudp:handler');
    const ends: (() => void)[] = [];
    const server = await world.endpoint({
      closeGraceMs: 50,
      handlers: { hold: () => new Promise<void>((resolve) => ends.push(resolve)) },
    });
    const client = await world.endpoint({ timeoutMs: 100 });
    client.peer(server.address).call('hold');
    await world.settle();
    t.strictSame(stagesOf(runs), ['start', 'end']);
    await world.clock.runUntil(server.close());
    ends[0]?.();
    await world.settle();
    t.strictSame(stagesOf(runs), ['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    t.match(runs[0]?.message.error, { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
  }),
);
