/**
 * Call logic: an invoked call. It is XState's logic of a promise, which makes a call and gives what
 * the call ends with. With an endpoint of its own it can be persisted while the call is open.
 */
import { fromPromise } from 'xstate';
import type { PromiseActorLogic, PromiseSnapshot } from 'xstate';
import { actAs } from '../actor/acting.js';
import type { Call } from '../api/call.js';
import type { Outcome } from '../api/outcome.js';
import type { Peer } from '../api/peer.js';
import type { AnyProcedures } from '../api/procedures.js';
import { RestoreError } from '../api/restore-error.js';
import { quote } from '../errors.js';
import { noteCalled } from './called.js';
import type { AddressedCallInput, CallInput } from './input.js';
import { Invocation } from './invocation.js';
import type { Called } from './invocation.js';

type Input = AddressedCallInput<AnyProcedures, string>;

const ENDED: ReadonlySet<unknown> = new Set(['done', 'error', 'stopped']);

/** Gives what an invoked call has as its output. */
export type OutputOf<Output> = (call: Call) => PromiseLike<Output>;

export const valueOf: OutputOf<unknown> = (call) => call.value();
export const outcomeOf: OutputOf<Outcome> = (call) => call;

export function callLogic<Output>(
  procedure: string,
  outputOf: OutputOf<Output>,
): PromiseActorLogic<Output, CallInput<AnyProcedures, string>> {
  // Asynchronous, so that whoever starts it has time to listen for its error.
  const logic: ReturnType<typeof callLogic<Output>> = fromPromise(
    async ({ input, signal, self }) => {
      const { peer, args, ...options } = input;
      // Of a persisted peer JSON leaves nothing, or its id.
      if (typeof (peer as Partial<Peer> | undefined)?.call !== 'function') {
        throw RestoreError.ofInput(`the call of ${quote(procedure)}`, 'peer');
      }
      const call = actAs(self, () => peer.call(procedure, args, { ...options, signal }));
      return await outputOf(call);
    },
  );
  return noteCalled(logic, { procedure, givesOutcome: outputOf === outcomeOf });
}

/** The snapshot of an invoked call has its invocation as the input. Persisted, it has an origin. */
export function addressedCallLogic<Output>(
  called: Called,
  outputOf: OutputOf<Output>,
): PromiseActorLogic<Output, Input> {
  const logic = fromPromise<Output, Invocation>(
    async ({ input, signal, self }) => await outputOf(actAs(self, () => input.begin(signal))),
  );
  const persisting: typeof logic = {
    ...logic,
    getPersistedSnapshot: ({ input, ...snapshot }) => ({ ...snapshot, ...input?.persist() }),
    // Errors are left to the start, because XState tells a parent of no error before it.
    restoreSnapshot: ({ status, output, error, ...origin }) =>
      ({
        ...{ status: ENDED.has(status) ? status : 'active', output, error },
        input: ENDED.has(status) ? undefined : new Invocation(called, origin),
      }) as PromiseSnapshot<Output, Invocation>,
  };
  const addressed = {
    ...persisting,
    getInitialSnapshot: (scope: never, input: Input) =>
      logic.getInitialSnapshot(scope, new Invocation(called, { input })),
  } as unknown as PromiseActorLogic<Output, Input>;
  const { procedure } = called;
  return noteCalled(addressed, { procedure, givesOutcome: outputOf === outcomeOf });
}
