/** Middleware scope: the scope of a request that passes through middleware to its procedure. */
import type { RequestRefusedError } from '../api/request-refused-error.js';
import type { Clock } from '../time/clock.js';
import type { HandlerContext } from './machine.js';
import type { PassingRequest } from './middleware-chain.js';
import { rejected } from '../time/promise-like.js';
import { NO_CONTEXT, RequestScope } from './scope.js';
import type { ServedRequest } from './scope.js';

export class MiddlewareScope extends RequestScope implements PassingRequest {
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly transactionId: string;
  readonly refusal: RequestRefusedError | undefined;
  #context = NO_CONTEXT;
  #rejection: Promise<never> | undefined;

  /**
   * @param args the arguments that the procedure gets
   * @param refusal why it is not run. Then it is over before it begins.
   */
  constructor(
    served: ServedRequest,
    clock: Clock,
    { procedure, transactionId }: HandlerContext,
    args: readonly unknown[],
    refusal?: RequestRefusedError,
  ) {
    super(served, clock);
    this.procedure = procedure;
    this.args = args;
    this.transactionId = transactionId;
    this.refusal = refusal;
    if (refusal === undefined) return;
    this.end();
    this.abort(refusal);
  }

  get over(): boolean {
    return this.refusal === undefined && (this.aborted || !this.running);
  }

  get answered(): boolean {
    return this.refusal === undefined && !this.aborted && !this.running;
  }

  get rejection(): Promise<never> {
    return (this.#rejection ??= rejected(this.refusal));
  }

  override get context(): object {
    return this.#context;
  }

  add(added: object): void {
    this.#context = { ...this.#context, ...added };
  }
}
