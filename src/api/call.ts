/** A call, as users hold it. */
import type { ActorRef, AnyStateMachine } from 'xstate';
import type { CallReport } from './call-report.js';
import type { CallEvent, CallSnapshot } from './call-snapshot.js';
import type { Outcome } from './outcome.js';

/**
 * One call: an XState actor ref (`subscribe`, `on`, `getSnapshot`, usable with `toPromise` and
 * `waitFor`) that can be awaited.
 *
 * `await call` gives the outcome as soon as there is one and never throws for what the network did.
 * XState's `toPromise(call)` gives the same outcome when the actor ends, which after a time-out is
 * when it has lingered: when a late answer came, or none did.
 */
export interface Call<Value = unknown>
  extends ActorRef<CallSnapshot, CallEvent, CallReport>, PromiseLike<Outcome<Value>> {
  /** A name for people: `call sayhi 3f9a`. */
  readonly id: string;

  /** 40 hexadecimal digits: what request and answer have in common. */
  readonly transactionId: string;

  /** The name of the current state. */
  readonly state: string;

  /** True once the machine has reached a final state: it takes no further event. */
  readonly done: boolean;

  /** The XState machine itself, so that a chart can be drawn. */
  readonly logic: AnyStateMachine;

  /** Cancels the call if it has no outcome yet: the outcome is `cancelled`, with this reason. */
  cancel(reason?: unknown): void;

  /**
   * The throwing form of `await`.
   *
   * @throws CallError for every outcome but `resolved`.
   */
  value(): Promise<Value>;

  /** Makes the call awaitable. Never rejects. */
  then<Fulfilled = Outcome<Value>, Failed = never>(
    onFulfilled?: ((outcome: Outcome<Value>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Fulfilled | Failed>;

  /**
   * Calls end by reaching a final state: `cancel` them.
   *
   * @throws Error always, as XState does for any actor that is not a root.
   */
  stop(): never;
}
