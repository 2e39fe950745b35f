/** Types of the logic for users' machines. What must not compile is marked; it does not run. */
import t from 'tap';
import { assign, setup } from 'xstate';
import type { AnyActorLogic, OutputFrom } from 'xstate';
import { z } from 'zod';
import { actorsOf, defineContract } from '../../src/index.js';
import type { Endpoint, HandlerScope, Outcome, Verdict } from '../../src/index.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

type Api = {
  readonly sayhi: (scope: HandlerScope, name: string) => string;
  readonly now: () => Date;
};

declare const endpoint: Endpoint;

declare function outputOf<Logic extends AnyActorLogic>(logic: Logic): OutputFrom<Logic>;

function ofOutputs() {
  const remote = actorsOf<Api>(endpoint);
  const contract = defineContract({ add: { args: z.tuple([z.number()]), result: z.number() } });
  return {
    sayhi: outputOf(remote.outcome('sayhi')),
    now: outputOf(remote.call('now')),
    add: outputOf(actorsOf(endpoint, contract).outcome('add')),
    anything: outputOf(actorsOf(endpoint).call('anything')),
  };
}

export type Outputs = [
  Expect<Equal<ReturnType<typeof ofOutputs>['sayhi'], Outcome<string>>>,
  Expect<Equal<ReturnType<typeof ofOutputs>['now'], Date>>,
  Expect<Equal<ReturnType<typeof ofOutputs>['add'], Outcome<number>>>,
  Expect<Equal<ReturnType<typeof ofOutputs>['anything'], unknown>>,
];

function ofGuards() {
  return setup({
    types: { context: {} as { said: string } },
    actors: { sayhi: actorsOf<Api>(endpoint).outcome('sayhi') },
  }).createMachine({
    context: { said: '' },
    initial: 'asking',
    states: {
      asking: {
        invoke: {
          src: 'sayhi',
          input: { address: '127.0.0.1:1', args: ['Snake'], timeoutMs: 5 },
          onDone: [
            {
              guard: ({ event }) =>
                event.output.state === 'timedOut' &&
                // @ts-expect-error no such verdict
                event.output.verdict === 'tired',
              target: 'asking',
            },
            {
              guard: ({ event: { output } }) => {
                if (output.state === 'timedOut') output.verdict satisfies Verdict;
                // @ts-expect-error a call that timed out has no value
                if (output.state === 'timedOut') output.value satisfies unknown;
                return output.state === 'rejected' && output.error.code === 'overloaded';
              },
              target: 'asking',
            },
            {
              actions: assign({
                said: ({ event: { output } }) => (output.state === 'resolved' ? output.value : ''),
              }),
            },
          ],
        },
      },
    },
  });
}

function ofInputs() {
  const machine = setup({ actors: { sayhi: actorsOf<Api>(endpoint).call('sayhi') } });
  machine.createMachine({
    invoke: { src: 'sayhi', input: { address: { host: '::1', port: 1 }, args: ['Snake'] } },
  });
  // @ts-expect-error the address is missing
  machine.createMachine({ invoke: { src: 'sayhi', input: { args: ['Snake'] } } });
  // @ts-expect-error a name is text
  machine.createMachine({ invoke: { src: 'sayhi', input: { address: ':', args: [1] } } });
  // @ts-expect-error no such procedure
  actorsOf<Api>(endpoint).call('saybye');
  // @ts-expect-error not an endpoint
  actorsOf<Api>('127.0.0.1:1');
}

t.test('types of the logic for machines', async (t) => {
  t.same(
    [ofOutputs, ofGuards, ofInputs].map((check) => typeof check),
    Array(3).fill('function'),
  );
});
