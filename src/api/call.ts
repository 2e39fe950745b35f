/** Call: the interface of one call, for users. */
import type { ActorRef, AnyStateMachine } from 'xstate';
import type { CallReport } from './call-report.js';
import type { CallEvent, CallSnapshot } from './call-snapshot.js';
import type { Outcome } from './outcome.js';

/**
 * One call: an XState actor ref (`subscribe`, `on`, `getSnapshot`, usable with `toPromise` and
 * `waitFor`) that can be awaited.
 *
 * `await call` gives the outcome as soon as there is one. It never throws because of the network.
 * XState's `toPromise(call)` gives the same outcome when the actor ends. After a time-out the actor
 * lingers first: it ends when a late answer arrives, or when the endpoint's `lingerMs` is over.
 */
export interface Call<Value = unknown>
  extends
    ActorRef<CallSnapshot<Value>, CallEvent, CallReport<string, Value>>,
    PromiseLike<Outcome<Value>> {
  /** A readable name, such as `call sayhi 3f9a`. */
  readonly id: string;

  /** 40 hexadecimal digits, the same in the request and its answer. */
  readonly transactionId: string;

  /** The name of the current state. */
  readonly state: string;

  /** True once the machine has reached a final state. It takes no more events then. */
  readonly done: boolean;

  /** The XState machine of the call, from which a chart can be drawn. */
  readonly logic: AnyStateMachine;

  /** Cancels the call if it has no outcome yet. The outcome is `cancelled`, with this reason. */
  cancel(reason?: unknown): void;

  /**
   * Gives the value of the call, and rejects if the call has none.
   *
   * @throws CallError for every outcome other than `resolved`.
   */
  value(): Promise<Value>;

  /** Makes the call awaitable. Never rejects. */
  then<Fulfilled = Outcome<Value>, Failed = never>(
    onFulfilled?: ((outcome: Outcome<Value>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Fulfilled | Failed>;

  /**
   * Not supported: a call ends when it reaches a final state. Use `cancel`.
   *
   * @throws Error always, as XState does for every actor that is not a root actor.
   */
  stop(): never;
}
