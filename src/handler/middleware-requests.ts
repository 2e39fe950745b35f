/**
 * Middleware requests: gives the requests that pass through middleware their scopes, and shows it
 * the requests that are refused. The callers of these have been told already, so nothing waits for
 * the middleware then, and nothing that it does changes the answer.
 */
import type { SocketAddress } from '../address/address.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { ProcedureError } from '../api/procedure-error.js';
import { RequestRefusedError } from '../api/request-refused-error.js';
import type { Engine } from '../engine/engine.js';
import { messageOf } from '../errors.js';
import type { InboundRequest } from './handler.js';
import type { HandlerContext } from './machine.js';
import type { MiddlewareChain } from './middleware-chain.js';
import { MiddlewareScope } from './middleware-scope.js';
import { isPromiseLike } from '../time/promise-like.js';
import type { Refusal } from './refusal.js';
import type { ServedRequest } from './scope.js';

/**
 * How many refused requests middleware may be busy with at a time. They hold no slot, and anybody
 * can send them.
 */
const MAX_UNENDED = 64;

export class MiddlewareRequests {
  /** Refused requests that were not shown: middleware was busy with `MAX_UNENDED` others. */
  unseenRefusals = 0;
  readonly #chain: MiddlewareChain;
  readonly #engine: Engine;
  readonly #endpointFor: ServedRequest['endpointFor'];
  #unended = 0;

  constructor(chain: MiddlewareChain, engine: Engine, endpointFor: ServedRequest['endpointFor']) {
    this.#chain = chain;
    this.#engine = engine;
    this.#endpointFor = endpointFor;
  }

  scopeOf(
    served: ServedRequest,
    context: HandlerContext,
    args: readonly unknown[],
  ): MiddlewareScope {
    return new MiddlewareScope(served, this.#engine.clock, context, args);
  }

  /** Never throws, whatever the middleware does. */
  showRefused(
    { headerMap }: InboundRequest,
    context: HandlerContext,
    sender: SocketAddress,
    { code, message, data, error }: Refusal,
  ): void {
    if (this.#unended >= MAX_UNENDED) {
      this.unseenRefusals += 1;
      return;
    }
    const { attempt, oneWay, receivedAtMs } = context;
    const served = {
      ...{ sender, endpointFor: this.#endpointFor, attempt, oneWay, receivedAtMs },
      ...{ traceparent: headerMap?.traceparent, headers: headerMap?.headers },
      ...{ callerWaitsMs: 0, timeoutMs: 0 },
    };
    const cause = error === undefined ? undefined : { cause: error };
    const refusal = new RequestRefusedError(code, message, data, cause);
    this.#show(new MiddlewareScope(served, this.#engine.clock, context, context.args, refusal));
  }

  #show(request: MiddlewareScope): void {
    try {
      const result = this.#chain.pass(request, undefined);
      // Middleware that only goes on has ended.
      if (result !== request.rejection && isPromiseLike(result)) this.#await(result, request);
    } catch (error) {
      this.#threw(error, request);
    }
  }

  #await(result: PromiseLike<unknown>, request: MiddlewareScope): void {
    this.#unended += 1;
    // A promise of our own ends once, whatever `result` does.
    Promise.resolve(result).then(
      () => {
        this.#unended -= 1;
      },
      (error: unknown) => {
        this.#unended -= 1;
        this.#threw(error, request);
      },
    );
  }

  /** Passing the refusal on is no mistake, nor is an error that would have been the answer. */
  #threw(error: unknown, { refusal, procedure }: MiddlewareScope): void {
    const isReported = error instanceof MiddlewareError;
    if (error === refusal || isReported || error instanceof ProcedureError) return;
    const problem = `threw for a refused request: ${messageOf(error)}`;
    this.#engine.reportError(new MiddlewareError('use', problem, procedure, { cause: error }));
  }
}
