/**
 * A handler: the actor of one inbound transaction. It runs the procedure, sends the reply, and
 * remembers the reply's bytes for duplicates of the request.
 */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import type { Environment } from '../endpoint/environment.js';
import type { TransactionId } from '../wire/frame.js';
import { encodeResponse } from '../wire/response.js';
import { handlerMachine } from './machine.js';
import type { HandlerMachine } from './machine.js';
import type { Procedure } from './procedures.js';
import type { HandlerScope } from './scope.js';

/** The peer, as its handlers see it. */
export interface HandlerOwner {
  readonly ref: AnyActorRef;
  readonly address: string;
  /** The handlers that duplicates of this peer's requests are matched with. */
  readonly handlers: Map<TransactionId, Handler>;
  reply(datagram: Buffer): void;
}

/** The table of handlers, as one handler sees it. */
export interface HandlerKeeper {
  /** The procedure ended: replied, or failed. */
  handlerEnded(handler: Handler): void;
  /** The handler's time is over: a request with its id would run again. */
  handlerForgotten(handler: Handler): void;
}

const table = compileTable(handlerMachine);

export class Handler extends LightActor<HandlerMachine> {
  /** The transaction id's 20 bytes. */
  readonly wireId: TransactionId;
  readonly owner: HandlerOwner;
  /** The reply, kept for duplicates; undefined before, after a failure, and when space ran out. */
  reply: Buffer | undefined;

  readonly #keeper: HandlerKeeper;
  readonly #environment: Environment;
  #scope: HandlerScope | undefined;

  constructor(
    owner: HandlerOwner,
    keeper: HandlerKeeper,
    environment: Environment,
    request: {
      id: TransactionId;
      transactionId: string;
      procedure: string;
      args: readonly unknown[];
      atMs: number;
    },
  ) {
    const { id, procedure, args, atMs } = request;
    super(
      table,
      environment,
      {
        procedure,
        args,
        peer: owner.address,
        transactionId: request.transactionId,
        receivedAtMs: atMs,
      },
      owner.ref,
    );
    this.wireId = id;
    this.owner = owner;
    this.#keeper = keeper;
    this.#environment = environment;
    this.start();
  }

  /** A name for people: `handler b21c`. The procedure's name is the peer's word and stays out. */
  override get id(): string {
    return `handler ${this.context.transactionId.slice(0, 4)}`;
  }

  /** Runs the procedure; its end arrives through the keeper. Never throws. */
  run(procedure: Procedure, scope: HandlerScope): void {
    const args = (this.context.args ?? []) as never[];
    this.#scope = scope;
    this.receive({ type: 'started' }, this.owner.ref);
    let result: unknown;
    try {
      result = procedure(scope, ...args);
      if (isPromiseLike(result)) {
        result.then(
          (value) => {
            this.#succeed(value);
          },
          (error: unknown) => {
            this.#fail(error);
          },
        );
        return;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#succeed(result);
  }

  /** Tells the procedure that nobody waits any longer. */
  abort(reason: unknown): void {
    this.#scope?.abort(reason);
  }

  /** Answers a duplicate of the request as far as that can be done without running it again. */
  repeat(): 'replayed' | 'duplicate' {
    this.receive({ type: 'duplicated' }, this.owner.ref);
    if (this.reply === undefined) return 'duplicate';
    this.owner.reply(this.reply);
    return 'replayed';
  }

  #succeed(value: unknown): void {
    if (this.state !== 'running') return;
    let reply: Buffer;
    try {
      reply = encodeResponse(this.wireId, value);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.reply = reply;
    this.owner.reply(reply);
    this.receive({ type: 'replied', replyBytes: reply.length, atMs: this.#nowMs() });
  }

  #fail(error: unknown): void {
    this.receive({ type: 'failed', error, atMs: this.#nowMs() });
  }

  #nowMs(): number {
    return this.#environment.clock.nowMs();
  }

  protected override entered(state: string): void {
    if (state === 'forgotten') this.#keeper.handlerForgotten(this);
    else if (this.#scope !== undefined && (state === 'replied' || state === 'failed')) {
      this.#scope = undefined;
      this.#keeper.handlerEnded(this);
    }
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
