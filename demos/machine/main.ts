/**
 * `npm run demo:machine`: a machine of your own that calls remote procedures. It asks a server for
 * its name, greets it, and tries again when no answer comes. With `-- --inspect` its calls show in
 * the inspector.
 */
import { actorsOf, createEndpoint } from 'rpcudp';
import type { HandlerScope, PeerOf } from 'rpcudp';
import { watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { assign, createActor, setup, waitFor } from 'xstate';

const about =
  'A state machine that calls remote procedures, and tries again if there is no answer.';
const options = watchedDemo('npm run demo:machine --', about).parse().opts();

let greetings = 0;
const server = await createEndpoint({
  host: '127.0.0.1',
  handlers: {
    name: () => 'Snake Plissken',
    // The first time this is too slow for its caller.
    greet: async ({ signal }: HandlerScope, text: string) => {
      greetings += 1;
      if (greetings === 1) await aborted(signal);
      return `${text} to you too`;
    },
  },
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

const remote = actorsOf<typeof server>();

const visitor = setup({
  types: {
    input: {} as { peer: PeerOf<typeof server> },
    context: {} as { peer: PeerOf<typeof server>; name: string; answer: string },
  },
  actors: { askName: remote.call('name'), greet: remote.call('greet') },
}).createMachine({
  id: 'visitor',
  context: ({ input }) => ({ peer: input.peer, name: '', answer: '' }),
  initial: 'asking',
  states: {
    asking: {
      invoke: {
        src: 'askName',
        input: ({ context }) => ({ peer: context.peer }),
        onDone: { target: 'greeting', actions: assign({ name: ({ event }) => event.output }) },
        onError: 'givenUp',
      },
    },
    greeting: {
      invoke: {
        src: 'greet',
        input: ({ context }) => ({
          peer: context.peer,
          args: [`Hello ${context.name}`] as const,
          timeoutMs: 300,
        }),
        onDone: { target: 'greeted', actions: assign({ answer: ({ event }) => event.output }) },
        onError: 'tryingAgain',
      },
    },
    tryingAgain: { after: { 200: 'greeting' } },
    greeted: { type: 'final' },
    givenUp: { type: 'final' },
  },
});

const client = await createEndpoint({ host: '127.0.0.1' });
const watching = await watch(options, server, client);
const peer = client.peer<typeof server>(server.address);
const actor = createActor(visitor, { input: { peer } });
actor.subscribe(({ value, context }) => {
  console.log(
    `${value.padEnd(12)} ${JSON.stringify({ name: context.name, answer: context.answer })}`,
  );
});
void untilStopped().then(() => actor.stop());

actor.start();
await waitFor(actor, ({ status }) => status !== 'active').catch(() => undefined);
await Promise.all([client.close(), server.close()]);
await watching.end();
