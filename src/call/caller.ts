/** Caller: checks and makes the calls of an endpoint. Throws for mistakes in a call. */
import type { CallCommand } from '../api/call-command.js';
import type { CallOptions } from '../api/call-options.js';
import { InvalidArgumentsError } from '../contract/errors.js';
import { asError } from '../errors.js';
import { requestHeaderMap } from '../wire/header-map.js';
import type { CallHeaders } from '../wire/headers.js';
import { RequestFrame } from '../wire/outbound-frame.js';
import { encodeRequest } from '../wire/request.js';
import { CallActor } from './call.js';
import type { CalledName } from './called-name.js';
import type { CallHome } from './home.js';
import { Interception } from './interception.js';
import type { Interceptors } from './interceptors.js';
import { checkCallOptions } from './options.js';
import type { CallDefaults } from './options.js';
import type { CallOwner } from './owner.js';
import { requireRunning } from './parent-request.js';
import type { ParentRequest } from './parent-request.js';
import type { ReadCall } from './persisted-call.js';
import type { CallRequest } from './request.js';
import type { Restoration } from './restoration.js';
import { SentHeaders } from './sent-headers.js';
import type { CallTerms, RestoredTerms } from './terms.js';
import { TransactionIds } from './transaction-ids.js';

export class Caller {
  readonly #home: CallHome<CallActor>;
  readonly #defaults: CallDefaults;
  readonly #interceptors: Interceptors | undefined;
  readonly #ids: TransactionIds;
  /** Made for the first call with headers. */
  #sentHeaders: SentHeaders | undefined;
  #closed = false;

  /** @param interceptors what is around the making of each call; absent if nothing is */
  constructor(home: CallHome<CallActor>, defaults: CallDefaults, interceptors?: Interceptors) {
    this.#home = home;
    this.#defaults = defaults;
    this.#interceptors = interceptors;
    this.#ids = new TransactionIds(home.random);
  }

  /** From now on only procedures that run may call. */
  close(): void {
    this.#closed = true;
  }

  /** @throws EndpointClosedError if calls that belong to this request, or to none, are over. */
  requireOpen(parent: ParentRequest | undefined): void {
    if (this.#closed) requireRunning(parent);
  }

  /**
   * Makes a call to a peer. It is sent as soon as the window has room.
   *
   * @throws OptionError, InvalidArgumentsError, UnencodableError, RequestTooLargeError,
   * EndpointClosedError.
   */
  call(
    peer: CallOwner<CallActor>,
    procedure: string,
    args: readonly unknown[],
    terms: CallTerms,
  ): CallActor {
    const { options } = terms;
    if (this.#interceptors === undefined) return this.make(peer, procedure, args, options, terms);
    this.requireOpen(terms.parent);
    const interception = new Interception(this, peer, procedure, args, terms);
    // An interceptor may call others. Their peers must not take the place of this one.
    peer.used();
    try {
      return this.#interceptors.run(interception, options);
    } finally {
      peer.unused();
    }
  }

  /** Makes a call past the interceptors, with these options in place of its own. Throws as `call`. */
  make(
    peer: CallOwner<CallActor>,
    procedure: string,
    args: readonly unknown[],
    given: CallOptions | undefined,
    terms: CallTerms,
  ): CallActor {
    this.requireOpen(terms.parent);
    const { replyTo, contracted, name, parent } = terms;
    const options = checkCallOptions(given, this.#defaults, contracted);
    const issues = contracted?.checkArguments(args);
    if (issues !== undefined) throw new InvalidArgumentsError(procedure, issues);
    const transactionId = this.#ids.next();
    const request = { transactionId, procedure, args, options, replyTo, contracted, name, parent };
    const call = this.#home.tracers.followCalls
      ? this.#placeTraced(peer, request)
      : this.#place(peer, request);
    // While the request travels, nothing waits for the next id.
    this.#ids.drawAhead();
    return call;
  }

  /** Makes a call whose outcome is this error. */
  refuse(
    peer: CallOwner<CallActor>,
    { procedure, args = [], replyTo, reference }: CallCommand,
    error: unknown,
    name?: CalledName<CallActor>,
  ): CallActor {
    const options = { ...checkCallOptions(undefined, this.#defaults), reference };
    const request = { transactionId: this.#ids.next(), procedure, args, options, replyTo, name };
    const call = new CallActor(peer, this.#home, request, undefined);
    call.receive({ type: 'refused', error: asError(error) });
    return call;
  }

  /**
   * Goes on with a call of an earlier process, under its id.
   *
   * @throws EndpointClosedError
   */
  restore(
    peer: CallOwner<CallActor>,
    persisted: ReadCall,
    restoration: Restoration,
    { contracted, signal, parent }: RestoredTerms,
  ): CallActor {
    this.requireOpen(parent);
    const { transactionId, procedure, args, timeoutMs, maxAttempts } = persisted;
    const { traceparent, headers } = persisted;
    const options = { timeoutMs, attempts: maxAttempts, signal, traceparent, headers };
    const request = {
      ...{ transactionId, procedure, args, options, contracted, parent },
      replyTo: undefined,
    };
    const resume = (traced: CallRequest<CallActor>): CallActor => {
      const headerMap = this.#headerMapFor(headers, traced.trace?.traceparent ?? traceparent);
      const frame = new RequestFrame(transactionId, persisted.body, headerMap);
      const call = new CallActor(peer, this.#home, traced, frame);
      if (!call.done) call.resume(restoration);
      return call;
    };
    const { followCalls } = this.#home.tracers;
    return followCalls ? this.#trace(peer, request, resume) : resume(request);
  }

  /** Apart from `call`, which would make a closure for each call otherwise. */
  #placeTraced(peer: CallOwner<CallActor>, request: CallRequest<CallActor>): CallActor {
    return this.#trace(peer, request, (traced) => this.#place(peer, traced));
  }

  #trace(
    peer: CallOwner<CallActor>,
    request: CallRequest<CallActor>,
    begin: (traced: CallRequest<CallActor>) => CallActor,
  ): CallActor {
    const { procedure, args, transactionId, options } = request;
    const { traceparent, headers } = options;
    const about = { procedure, args, peer: peer.address, transactionId, traceparent };
    const { tracers } = this.#home;
    const trace = tracers.traceCall(headers === undefined ? about : { ...about, headers });
    return trace.run(() => begin({ ...request, trace }));
  }

  #place(peer: CallOwner<CallActor>, request: CallRequest<CallActor>): CallActor {
    const { transactionId, procedure, args, options, contracted, trace } = request;
    const traceparent = trace === undefined ? options.traceparent : trace.traceparent;
    const maxBytes = contracted?.maxBytes;
    const headerMap = this.#headerMapFor(options.headers, traceparent);
    const frame = encodeRequest(transactionId, procedure, args, traceparent, maxBytes, headerMap);
    const call = new CallActor(peer, this.#home, request, frame);
    // If its signal had already aborted, the call is over before it begins.
    if (options.signal === undefined || !call.done) peer.place(call);
    return call;
  }

  #headerMapFor(headers: CallHeaders | undefined, traceparent: string | undefined): Uint8Array {
    if (headers === undefined) return requestHeaderMap(traceparent);
    return (this.#sentHeaders ??= new SentHeaders()).mapFor(headers, traceparent);
  }
}
