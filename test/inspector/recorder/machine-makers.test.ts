import t from 'tap';
import type { Test } from 'tap';
import { createActor, createMachine, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import type { AnyEndpoint } from '../../../src/api/endpoint.js';
import type { Peer } from '../../../src/api/peer.js';
import { actorsOf } from '../../../src/xstate/actors-of.js';
import { inWorld } from '../../fixtures/world.js';
import type { World } from '../../fixtures/world.js';
import { Recorded } from './recorded.js';
import { RecordedActors } from './recorded-actors.js';

type Api = { readonly echo: (scope: unknown, value: string) => string };

interface Scene {
  readonly peer: Peer<Api>;
  readonly client: AnyEndpoint;
  readonly address: string;
  /** Starts an actor, lets everything happen, and gives who made each call, by name. */
  readonly run: (logic: AnyActorLogic) => Promise<Record<string, string | undefined>>;
}

function scene(test: (t: Test, scene: Scene) => Promise<void>) {
  return inWorld(async (t: Test, world: World) => {
    const server = await world.endpoint({
      handlers: { echo: (_: unknown, value: string) => value },
    });
    const client = await world.endpoint();
    const calls = new Recorded(client);
    const actors = new RecordedActors({ clock: world.clock });
    const peer = client.peer<Api>(server.address);
    const address = `${server.address.host}:${server.address.port}`;
    const run = async (logic: AnyActorLogic) => {
      const { inspect } = actors.recorder;
      const actor = createActor(logic, { id: 'root', inspect }) as AnyActorRef;
      actor.start();
      await world.clock.advance(1_000);
      await world.settle();
      actor.stop();
      actors.recorder.stop();
      const [program] = actors.of('program');
      const names = new Map(
        actors.of('actor').map(({ session, source, id }) => [session, source ?? id]),
      );
      t.strictSame([calls.faults(), actors.faults()], [[], []]);
      return Object.fromEntries(
        [...calls.of('call'), ...calls.of('notification')].map(({ args, madeBy }) => {
          if (madeBy !== undefined) t.equal(madeBy.process, program?.process);
          return [String(args[0]), madeBy && names.get(madeBy.session)];
        }),
      );
    };
    await test(t, { peer, client, address, run });
  });
}

const remote = actorsOf<Api>();

t.test(
  'an invoked call was made by its own actor',
  scene(async (t, { peer, client, address, run }) => {
    const addressed = actorsOf<Api>(client);
    const machine = setup({
      actors: {
        first: remote.call('echo'),
        second: remote.outcome('echo'),
        third: addressed.call('echo'),
      },
    }).createMachine({
      initial: 'one',
      states: {
        one: { invoke: { src: 'first', input: { peer, args: ['1'] }, onDone: 'two' } },
        two: { invoke: { src: 'second', input: { peer, args: ['2'] }, onDone: 'three' } },
        three: { invoke: { src: 'third', input: { address, args: ['3'] } } },
      },
    });
    t.strictSame(await run(machine), { 1: 'first', 2: 'second', 3: 'third' });
  }),
);

t.test(
  'a command was given by who sent it, and a spawned peer makes its own calls',
  scene(async (t, { peer, client, address, run }) => {
    const command = (value: string) =>
      ({ type: 'call', procedure: 'echo', args: [value] }) as const;
    const machine = setup({ actors: { node: remote.peer } }).createMachine({
      context: { peer },
      invoke: { id: 'node', src: 'node', input: { endpoint: client, address } },
      entry: [sendTo(() => peer, command('sent')), sendTo('node', command('by the node'))],
      on: { 'call.resolved': {} },
    });
    t.strictSame(await run(machine), { sent: 'root', 'by the node': 'node' });
  }),
);

t.test(
  'what actions, promises and callbacks call is theirs, after an await as well',
  scene(async (t, { peer, run }) => {
    const call = (value: string) => peer.call('echo', [value]);
    const machine = setup({
      actors: {
        promise: fromPromise(async () => {
          await call('promise');
          await call('promise, later');
        }),
        callback: fromCallback<{ type: 'go' }>(({ receive }) => {
          void call('callback');
          receive(() => {
            void call('callback, on an event');
          });
        }),
      },
      actions: {
        act: () => {
          void call('action');
          peer.notify('echo', ['notified']);
        },
      },
    }).createMachine({
      invoke: [
        { id: 'callback', src: 'callback' },
        { id: 'promise', src: 'promise', onDone: '.done' },
      ],
      entry: ['act', sendTo('callback', { type: 'go' })],
      initial: 'busy',
      states: {
        busy: {},
        done: {
          entry: () => {
            void call('a later action');
          },
        },
      },
    });
    t.strictSame(await run(machine), {
      promise: 'promise',
      'promise, later': 'promise',
      callback: 'callback',
      'callback, on an event': 'callback',
      action: 'root',
      notified: 'root',
      'a later action': 'root',
    });
  }),
);

t.test(
  "what others do is nobody's, also at the same time",
  scene(async (t, { peer, run }) => {
    const machine = createMachine({
      entry: () => {
        void peer.call('echo', ['inside']);
      },
    });
    const made = run(machine);
    void peer.call('echo', ['outside']);
    await Promise.resolve();
    void peer.call('echo', ['outside, later']);
    t.strictSame(await made, {
      inside: 'root',
      outside: undefined,
      'outside, later': undefined,
    });
  }),
);

t.test(
  'an actor that failed makes no more calls',
  scene(async (t, { peer, run }) => {
    const machine = createMachine({
      entry: () => {
        throw new Error('a mistake');
      },
    });
    const failing = createMachine({ invoke: { src: machine, onError: {} } });
    const made = run(failing);
    void peer.call('echo', ['outside']);
    t.strictSame(await made, { outside: undefined });
  }),
);
