/** Held call: the side of a call that its caller holds. The call actor adds how it is sent. */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import { CallError } from '../api/outcome.js';
import type { Call } from '../api/call.js';
import type { CallMachineInput } from '../api/call-snapshot.js';
import type { Outcome } from '../api/outcome.js';
import type { Engine } from '../engine/engine.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { callMachine } from './machine.js';
import type { CallMachine } from './machine.js';
import type { CallRequest } from './request.js';

const table = compileTable(callMachine);

/** What a call adds to an actor ref. */
type CallOnly = Omit<Call, keyof AnyActorRef>;

export abstract class HeldCall<Home extends Engine>
  extends LightActor<CallMachine, Home>
  implements CallOnly
{
  /** Its request, if that has more than the context holds. For most calls it does not. */
  abstract readonly request: Pick<CallRequest<never>, 'contracted' | 'parent'> | undefined;
  /** Made for the first who awaits the call. */
  #outcome: Promise<Outcome> | undefined;
  #fulfil: ((outcome: Outcome) => void) | undefined;

  constructor(home: Home, input: CallMachineInput, parent: AnyActorRef) {
    super(table, home, input, parent);
  }

  override get id(): string {
    return `call ${this.context.procedure} ${this.context.transactionId.slice(0, 4)}`;
  }

  get transactionId(): TransactionId {
    return this.context.transactionId;
  }

  /** When it is given up, by the monotonic clock. */
  get deadlineMs(): number {
    return this.context.calledAtMs + this.context.timeoutMs;
  }

  /** Whether it is made for a procedure that runs. */
  get isForRunning(): boolean {
    return this.request?.parent?.running === true;
  }

  get idempotent(): boolean {
    return this.request?.contracted?.idempotent === true;
  }

  get hasHeaders(): boolean {
    return this.context.headers !== undefined;
  }

  cancel(reason?: unknown): void {
    this.receive({ type: 'cancel', reason });
  }

  async value(): Promise<unknown> {
    const outcome = await this;
    if (outcome.state === 'resolved') return outcome.value;
    throw new CallError(this.context.procedure, this.context.peer, outcome);
  }

  then<Fulfilled = Outcome, Failed = never>(
    onFulfilled?: ((outcome: Outcome) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Fulfilled | Failed> {
    const { outcome } = this.context;
    this.#outcome ??=
      outcome === undefined
        ? new Promise((fulfil) => (this.#fulfil = fulfil))
        : Promise.resolve(outcome);
    return this.#outcome.then(onFulfilled, onRejected);
  }

  /** The call has its outcome. Those who await it get it. */
  protected fulfil(): void {
    if (this.context.outcome !== undefined) this.#fulfil?.(this.context.outcome);
  }
}
