/** Those who follow one endpoint: what they hear, and what becomes of their mistakes. */
import { AsyncLocalStorage } from 'node:async_hooks';
import t from 'tap';
import type { CallMessage, HandlerMessage } from '../../src/api/tracing-message.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { measuresOf } from '../../src/endpoint/measured-endpoint.js';
import type { Span, Tracer } from '../../src/engine/tracer.js';
import { inWorld } from '../fixtures/world.js';

const context = new AsyncLocalStorage<string>();

/** Writes down what it hears, and runs what it follows in a context of its own. */
class ListingTracer implements Tracer {
  readonly heard: string[] = [];
  readonly messages: (CallMessage | HandlerMessage)[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  callStarted(message: CallMessage): Span {
    message.traceparent ??= `by ${this.#name}`;
    return this.#span(`call ${message.procedure}`, message);
  }

  requestStarted(message: HandlerMessage): Span {
    return this.#span(`request ${message.procedure}`, message);
  }

  #span(what: string, message: CallMessage | HandlerMessage): Span {
    this.messages.push(message);
    this.heard.push(`${what} started`);
    return {
      run: (action) => context.run(`${context.getStore() ?? ''}${this.#name}`, action),
      ended: () => void this.heard.push(`${what} ended${'error' in message ? ' badly' : ''}`),
    };
  }
}

t.test(
  'a tracer hears of the calls and requests of its endpoint, and of their ends, once',
  inWorld(async (t, world) => {
    const seen: unknown[] = [];
    const server = await world.endpoint({
      handlers: {
        look: async ({ traceparent }: HandlerScope) => {
          await Promise.resolve();
          seen.push(traceparent, context.getStore());
        },
        fail: () => {
          throw new Error('planted');
        },
      },
    });
    const client = await world.endpoint({ initialWindow: 1, window: 1, mailbox: 0 });
    const [ofClient, ofServer, second] = [
      new ListingTracer('client'),
      new ListingTracer('server'),
      new ListingTracer(', second'),
    ];
    measuresOf(client).tracers.attach(ofClient);
    const following = measuresOf(server).tracers.attach(ofServer);
    measuresOf(server).tracers.attach(second);
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('look'));
    await world.clock.runUntil(peer.call('look', [], { traceparent: 'own' }));
    await world.clock.runUntil(peer.call('fail'));
    world.errors.splice(0);
    t.strictSame(seen, ['by client', 'server, second', 'own', 'server, second']);
    const story = (what: string, end: string) => [`${what} started`, `${what} ended${end}`];
    const told = (side: string) => [
      ...[...story(`${side} look`, ''), ...story(`${side} look`, '')],
      ...story(`${side} fail`, ' badly'),
    ];
    t.strictSame(ofClient.heard, told('call'));
    t.strictSame(ofServer.heard, told('request'));
    t.match(ofClient.messages[2], { outcome: { state: 'rejected' } });

    ofClient.heard.length = 0;
    t.throws(() => peer.call('bad', [Symbol('x')]));
    t.strictSame(ofClient.heard, story('call bad', ' badly'), 'also if there is no call');
    const waiting = peer.call('look');
    ofClient.heard.length = 0;
    t.equal(peer.call('look').state, 'unsent');
    t.strictSame(ofClient.heard, story('call look', ' badly'), 'also if it is over at once');

    following.unsubscribe();
    ofServer.heard.length = 0;
    await world.clock.runUntil(waiting);
    t.strictSame(ofServer.heard, []);
  }),
);

t.test(
  'what a tracer does wrong is reported, and costs nobody a call',
  inWorld(async (t, world) => {
    const failing = (word: string) => (): never => {
      throw new Error(word);
    };
    const span: Span = { run: failing('run'), ended: failing('ended') };
    const server = await world.endpoint({ handlers: { at: () => 1 } });
    const { tracers } = measuresOf(server);
    tracers.attach({ callStarted: () => span, requestStarted: () => span });
    const peer = server.peer(server.address);
    t.match(await world.clock.runUntil(peer.call('at')), { value: 1 });
    const told = world.errors.splice(0).map((error) => (error as Error).message);
    t.strictSame(told, ['run', 'run', 'ended', 'ended']);
    t.throws(() => peer.call('at', [Symbol('x')]), { name: 'UnencodableError' }, 'its own error');
    world.errors.splice(0);
  }),
);
