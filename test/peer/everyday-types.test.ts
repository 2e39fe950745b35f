/** Types that users write every day, and that must compile as they write them. */
import t from 'tap';
import { sendTo, setup, toPromise, waitFor } from 'xstate';
import type { ActorRef, AnyActorRef } from 'xstate';
import { z } from 'zod';
import { createEndpoint } from '../../src/index.js';
import type {
  AnyEndpoint,
  CallEvent,
  CallOptions,
  CallReport,
  CallSnapshot,
  EndpointOptions,
  HandlerScope,
  CallCommand,
  PeerHealth,
  PeerReport,
  PeerSnapshot,
} from '../../src/index.js';
import type { Received } from '../../src/wire/received.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Tree = { readonly value: number; readonly children: readonly Tree[] };
type Nested = string | Nested[];
declare const brand: unique symbol;
type Own = { readonly name: string } & { readonly [brand]: 'Own' };

/** Each line is a test that the compiler runs. */
export type Checks = [
  Expect<Equal<Received<Json>, Json>>,
  Expect<Equal<Received<Nested>, Nested>>,
  Expect<Equal<Readonly<Awaited<ReturnType<typeof ofPeersInXState>>>, Readonly<OfPeer>>>,
];

async function ofRecursiveAndBrandedValues() {
  const User = z.object({ name: z.string() }).brand('User');
  const server = await createEndpoint({
    handlers: {
      json: (_, json: Json): Json => json,
      tree: (): Tree => ({ value: 1, children: [] }),
      user: () => User.parse({ name: 'x' }),
      own: () => ({ name: 'x' }) as Own,
    },
  });
  const peer = server.peer<typeof server>('127.0.0.1:1');
  (await peer.call('json', [{ a: [1, { b: null }] }]).value()) satisfies Json;
  (await peer.call('tree').value()) satisfies Tree;
  (await peer.call('user').value()) satisfies z.infer<typeof User>;
  (await peer.call('own').value()) satisfies Own;
}

interface NodeApi {
  ping(scope: HandlerScope, n: number): Promise<number>;
  name(): string;
}

async function ofInterfaces() {
  const handlers: NodeApi = { ping: async (_, n) => Promise.resolve(n + 1), name: () => 'me' };
  const endpoint = await createEndpoint({ handlers });
  (await endpoint.peer<NodeApi>('127.0.0.1:1').call('ping', [1]).value()) satisfies number;
  (await endpoint.peer<typeof endpoint>('127.0.0.1:1').call('name').value()) satisfies string;
  // @ts-expect-error an argument of the wrong type
  endpoint.peer<NodeApi>('127.0.0.1:1').call('ping', ['one']);
  // @ts-expect-error 5 is no procedure
  await createEndpoint({ handlers: { five: 5 } });
}

async function ofNamesThatTheLibraryUses() {
  const handlers = {
    api: (_: HandlerScope, n: number) => n,
    peer: (_: HandlerScope, n: number) => n,
    contract: () => 'contract',
  };
  const endpoint = await createEndpoint({ handlers });
  const byHandlers = endpoint.peer<typeof handlers>('127.0.0.1:1');
  (await byHandlers.call('api', [1]).value()) satisfies number;
  (await endpoint.peer<typeof endpoint>('127.0.0.1:1').call('contract').value()) satisfies string;
}

/** Options that may be undefined are handed on, under exactOptionalPropertyTypes. */
async function ofOptions(maybe: { text?: string; number?: number; signal?: AbortSignal }) {
  const options: EndpointOptions = { host: maybe.text, port: maybe.number, maxPeers: maybe.number };
  const endpoint = await createEndpoint({ ...options, timeoutMs: maybe.number });
  const { signal, number: attempts, text: traceparent } = maybe;
  const ofCall: CallOptions = { signal, attempts, traceparent, timeoutMs: maybe.number };
  await endpoint.peer('127.0.0.1:1').call('ping', [], ofCall);
}

/** The value of a call has its type on every way that XState has to it. */
async function ofXState(client: AnyEndpoint) {
  const call = client.peer<{ sayhi: () => string }>('127.0.0.1:1').call('sayhi');
  call satisfies ActorRef<CallSnapshot<string>, CallEvent, CallReport<string, string>>;
  const promised = await toPromise(call);
  // @ts-expect-error the value is a string, and not any
  if (promised.state === 'resolved') promised.value satisfies number;
  if (promised.state === 'resolved') promised.value satisfies string;
  call.on('call.resolved', ({ outcome }) => {
    outcome.value satisfies string;
  });
  const { output } = await waitFor(call, ({ status }) => status === 'done');
  if (output?.state === 'resolved') output.value satisfies string;
  const { outcome } = call.getSnapshot().context;
  if (outcome?.state === 'resolved') outcome.value satisfies string;
}

interface Greeter {
  sayhi(scope: HandlerScope, name: string): string;
}

/** As in @xstate/react 6. */
declare function useSelector<Actor extends Pick<AnyActorRef, 'subscribe' | 'getSnapshot'>, T>(
  actor: Actor,
  selector: (emitted: Actor extends { getSnapshot(): infer TSnapshot } ? TSnapshot : never) => T,
): T;

/** A peer is a ref in the types as well. */
async function ofPeersInXState(client: AnyEndpoint) {
  const peer = client.peer<Greeter>('127.0.0.1:1');
  peer satisfies ActorRef<PeerSnapshot, CallCommand<Greeter>, PeerReport<Greeter>>;
  const waited = await waitFor(peer, ({ health }) => health === 'responsive');
  const queued = useSelector(peer, (snapshot) => snapshot.queued);
  const health = peer.select((snapshot) => snapshot.health).get();
  setup({ types: { context: {} as { peer: typeof peer; refs: AnyActorRef[] } } }).createMachine({
    context: { peer, refs: [peer, peer.call('sayhi', ['x'])] },
    entry: sendTo(({ context }) => context.peer, {
      type: 'call',
      procedure: 'sayhi',
      args: ['Snake'],
    }),
    // @ts-expect-error no such procedure
    exit: sendTo(({ context }) => context.peer, { type: 'call', procedure: 'sayho' }),
  });
  return { waited, promised: toPromise(peer), queued, health };
}

/** What XState gives of a peer. */
export interface OfPeer {
  readonly waited: PeerSnapshot;
  readonly promised: Promise<undefined>;
  readonly queued: number;
  readonly health: PeerHealth;
}

t.test('options that are undefined have their defaults', async (t) => {
  const endpoint = await createEndpoint({
    host: '127.0.0.1',
    port: undefined,
    timeoutMs: undefined,
  });
  const call = endpoint.peer('127.0.0.1:9').call('x', [], { timeoutMs: undefined, attempts: 1 });
  t.equal(call.getSnapshot().context.timeoutMs, 5_000);
  await endpoint.close();
});

t.type(ofRecursiveAndBrandedValues, 'function');
t.type(ofInterfaces, 'function');
t.type(ofNamesThatTheLibraryUses, 'function');
t.type(ofOptions, 'function');
t.type(ofXState, 'function');
t.type(ofPeersInXState, 'function');
t.pass('this file compiles' satisfies Checks extends unknown[] ? string : never);
