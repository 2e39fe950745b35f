/**
 * The recorder: follows one endpoint and makes records of what happens there.
 *
 * Healthy calls are sampled when there are many, and those left out are counted; but what goes wrong is always shown: a call
 * that times out, is late, rejected, refused, cancelled or sent again, and a request that fails, is refused or repeated. Of
 * such a call that was not shown so far, what it still knows of its past is told first.
 */
import type { ActorRefLike, AnyEventObject } from 'xstate';
import type { Tap } from '../actor/inspection.js';
import { formatAddress } from '../address.js';
import { Call } from '../call/call.js';
import type { Outcome } from '../call/outcome.js';
import { explainVerdict } from '../call/verdict.js';
import type { AnyEndpoint, TappedEndpoint } from '../endpoint/endpoint.js';
import { Handler } from '../handler/handler.js';
import { legibleValue } from '../inspect/legible-value.js';
import { maskTest } from '../inspect/mask.js';
import type { Mask, MaskTest } from '../inspect/mask.js';
import { isDrop } from '../wire/drop.js';
import { decodeResponse } from '../wire/response.js';
import { commandLine } from './command-line.js';
import { DatagramRecorder } from './datagram-recorder.js';
import { EndpointSampler } from './endpoint-sampler.js';
import { Procedures } from './procedure-counts.js';
import type { InspectionRecord, RecordSink, Unnumbered } from './record.js';
import { Sampling } from './sampling.js';
import { identity } from './identity.js';

/** How an endpoint is recorded. */
export interface RecorderOptions {
  /** What people call the endpoint. Default: its address. */
  readonly name?: string;
  /** What nobody who inspects may see. Default: everything is shown. */
  readonly mask?: Mask;
  /** How many healthy calls and requests are shown each second, about. Default 1,000. */
  readonly maxCallsPerSecond?: number;
}

/** A recorder at work. */
export interface Recording {
  /** Ends it; the endpoint goes on. */
  stop(): void;
}

const DEFAULT_MAX_CALLS_PER_SECOND = 1_000;

/** How often peers and counts are looked at, and the sampling is adapted. */
const PERIOD_MS = 250;

/** Of an endpoint that is at work already, no more of its living calls are shown. */
const MAX_LIVING = 10_000;

/** Events that make a call, or a request, worth showing. */
const NOTABLE = new Set([
  ...['retransmitted', 'working', 'expired', 'failed', 'refused', 'cancel'],
  ...['cancelled', 'abandoned', 'duplicated'],
]);

/**
 * Records what happens at `endpoint` from now on, beginning with the calls and requests that live; `sink` takes each
 * record as it is made, and must not throw. It ends with the endpoint.
 */
export function recordEndpoint(
  endpoint: AnyEndpoint,
  sink: RecordSink,
  options: RecorderOptions = {},
): Recording {
  return new Recorder(endpoint, sink, options);
}

class Recorder implements Tap, Recording {
  readonly #sink: RecordSink;
  readonly #tapped: TappedEndpoint;
  readonly #key: string;
  /** What makes Unix milliseconds of the clock's. */
  readonly #epochMs: number;
  readonly #isMasked: MaskTest;
  readonly #hasMask: boolean;
  readonly #sampling: Sampling;
  readonly #procedures = new Procedures();
  readonly #datagrams: DatagramRecorder;
  readonly #sampler: EndpointSampler;
  readonly #skipped = { calls: 0, handlers: 0 };
  /** Those that are shown and live. Bounded by the limits of the endpoint. */
  readonly #shown = new Set<object>();
  readonly #listener: { unsubscribe(): void };
  #seq = 0;
  #timer: unknown;
  #stopped = false;

  constructor(endpoint: AnyEndpoint, sink: RecordSink, options: RecorderOptions) {
    const { name, mask, maxCallsPerSecond = DEFAULT_MAX_CALLS_PER_SECOND } = options;
    this.#sink = sink;
    this.#isMasked = maskTest(mask);
    this.#hasMask = mask !== undefined;
    this.#sampling = new Sampling((maxCallsPerSecond * PERIOD_MS) / 1_000);
    this.#tapped = endpoint.tap(this);
    const { clock, random } = this.#tapped;
    const { key, epochMs, ...about } = identity(endpoint, clock, random);
    this.#key = key;
    this.#epochMs = epochMs;
    const emit = (unnumbered: Unnumbered, atMs: number): void => {
      this.#emit(unnumbered, atMs);
    };
    this.#datagrams = new DatagramRecorder(emit, mask === undefined ? undefined : this.#isMasked);
    this.#sampler = new EndpointSampler(endpoint, this.#tapped, emit);
    emit({ type: 'endpoint', ...about, name: name ?? about.address }, clock.nowMs());
    for (const actor of [...this.#tapped.calls(), ...this.#tapped.handlers()].slice(-MAX_LIVING)) {
      this.#show(actor);
    }
    this.#listener = endpoint.on('endpoint.closed', ({ error }) => {
      this.#sample();
      emit({ type: 'endpoint.closed', error: error?.message }, clock.nowMs());
      this.stop();
    });
    this.#sample();
  }

  stop(): void {
    this.#stopped = true;
    this.#tapped.clock.clearTimeout(this.#timer);
    this.#tapped.unsubscribe();
    this.#listener.unsubscribe();
  }

  /** @param atMs by the endpoint's clock */
  #emit(unnumbered: Unnumbered, atMs: number): void {
    this.#seq += 1;
    const common = { endpoint: this.#key, seq: this.#seq, atMs: this.#epochMs + atMs };
    this.#sink({ ...unnumbered, ...common } as InspectionRecord);
  }

  #sample(): void {
    if (this.#stopped) return;
    const { oneIn } = this.#sampling;
    this.#sampler.sample(this.#procedures.busiest(), { ...this.#skipped }, oneIn);
    this.#sampling.nextPeriod();
    const { clock } = this.#tapped;
    this.#timer = clock.setTimeout(() => {
      this.#sample();
    }, PERIOD_MS);
    letProcessEnd(this.#timer);
  }

  actorStarted(actor: ActorRefLike): void {
    if (actor instanceof Call) this.#started(actor, 'calls');
    else if (actor instanceof Handler) this.#started(actor, 'handlers');
  }

  #started(actor: Call | Handler, kind: 'calls' | 'handlers'): void {
    if (this.#sampling.choose(actor.transactionId)) this.#show(actor);
    else this.#skipped[kind] += 1;
  }

  actorStepped(actor: ActorRefLike, event: AnyEventObject): void {
    if (!(actor instanceof Call) && !(actor instanceof Handler)) return;
    if (!this.#shown.has(actor)) {
      if (NOTABLE.has(event.type)) this.#showLate(actor, event);
    } else if (actor instanceof Call) this.#callStepped(actor, event);
    else this.#handlerStepped(actor, event);
    if (actor instanceof Call && settles(actor, event)) this.#count(actor);
  }

  #count({ context }: Call): void {
    const { peer, procedure, outcome } = context;
    if (outcome !== undefined) this.#procedures.settled(peer, procedure, outcome.state);
  }

  /** Shows an actor from now on, with what is known of its past. */
  #show(actor: Call | Handler): void {
    this.#shown.add(actor);
    this.#datagrams.show(actor.transactionId, actor.context.procedure);
    if (actor instanceof Call) this.#showCall(actor);
    else this.#showHandler(actor);
  }

  /** The actor was not to be shown, but took an event that is. */
  #showLate(actor: Call | Handler, event: AnyEventObject): void {
    this.#skipped[actor instanceof Call ? 'calls' : 'handlers'] -= 1;
    this.#show(actor);
    this.actorStepped(actor, event);
  }

  #showCall(call: Call): void {
    const { context, number, frame } = call;
    const { transactionId, peer, procedure, timeoutMs, maxAttempts, calledAtMs, sentAtMs } =
      context;
    const args = this.#legible(context.args, ['args'], procedure) as unknown[];
    const command = this.#hasMask ? undefined : commandLine(peer, procedure, context.args);
    this.#emit(
      {
        type: 'call',
        actor: number,
        transactionId,
        peer,
        procedure,
        args,
        timeoutMs,
        maxAttempts,
        command,
      },
      calledAtMs,
    );
    if (sentAtMs === undefined) return;
    if (frame !== undefined) {
      this.#datagrams.remade(frame.toDatagram(), 'out', peer, sentAtMs);
    }
    const step = { type: 'step', actor: number, event: 'transmitted', state: 'sent' } as const;
    this.#emit({ ...step, final: false, attempt: 1 }, sentAtMs);
  }

  #showHandler(handler: Handler): void {
    const { context, number, frame } = handler;
    const { transactionId, peer, procedure, attempt, receivedAtMs } = context;
    const args = this.#legible(context.args, ['args'], procedure) as unknown[];
    this.#emit(
      { type: 'handler', actor: number, transactionId, peer, procedure, args, attempt },
      receivedAtMs,
    );
    this.#datagrams.remade(frame.datagram, 'in', peer, receivedAtMs);
    if (handler.state !== 'running') return;
    const step = { type: 'step', actor: number, event: 'started', state: 'running' } as const;
    this.#emit({ ...step, final: false }, receivedAtMs);
  }

  #callStepped(call: Call, event: AnyEventObject): void {
    const { context, number, state, done } = call;
    const { procedure, attempt, lateByMs, outcome } = context;
    const settled = settles(call, event) ? outcome : undefined;
    this.#emit(
      {
        type: 'step',
        actor: number,
        event: event.type,
        state,
        final: done,
        attempt,
        outcome:
          settled && (this.#legible(settled, ['outcome'], procedure) as Record<string, unknown>),
        because: because(settled),
        lateByMs,
        ...(state === 'late' && this.#lateAnswer(event, procedure)),
      },
      this.#nowMs(),
    );
    if (done) this.#shown.delete(call);
  }

  #lateAnswer(event: AnyEventObject, procedure: string): { value?: unknown; error?: unknown } {
    const { value, error } = event as { value?: unknown; error?: unknown };
    return event.type === 'answered'
      ? { value: this.#legible(value, ['outcome', 'value'], procedure) }
      : { error: this.#legible(error, ['outcome', 'error'], procedure) };
  }

  #handlerStepped(handler: Handler, event: AnyEventObject): void {
    const { context, number, state, done } = handler;
    const { procedure, durationMs, refusal } = context;
    const { error } = event as { error?: unknown };
    this.#emit(
      {
        type: 'step',
        actor: number,
        event: event.type,
        state,
        final: done,
        durationMs,
        ...(state === 'replied' && { value: this.#valueReplied(handler) }),
        ...(error !== undefined && {
          error: this.#legible(error, ['outcome', 'error'], procedure),
        }),
        because: refusal,
      },
      this.#nowMs(),
    );
    if (done) this.#shown.delete(handler);
  }

  /** The handler keeps no value, but the frame of its reply. */
  #valueReplied({ reply, context }: Handler): unknown {
    const body = reply === undefined ? undefined : decodeResponse(reply.toDatagram());
    if (body === undefined || isDrop(body)) return undefined;
    return this.#legible(body.value, ['outcome', 'value'], context.procedure);
  }

  #legible(value: unknown, path: readonly string[], procedure: string): unknown {
    return legibleValue(value, path, { isMasked: this.#isMasked, procedure });
  }

  datagramSent(datagram: Buffer, host: string, port: number): void {
    this.#datagrams.sent(datagram, formatAddress({ host, port }), this.#nowMs());
  }

  datagramReceived(datagram: Buffer, host: string, port: number, atMs: number): void {
    this.#datagrams.received(datagram, formatAddress({ host, port }), atMs);
  }

  datagramSettled(fates: readonly string[]): void {
    this.#datagrams.settled(fates);
  }

  #nowMs(): number {
    return this.#tapped.clock.nowMs();
  }
}

/** Whether this event gave the call its outcome: what comes after a time-out adds to the story. */
function settles({ context, state }: Call, { type }: AnyEventObject): boolean {
  if (context.outcome === undefined || state === 'late' || state === 'lost') return false;
  return state !== 'timedOut' || type === 'expired';
}

function because(outcome: Outcome | undefined): string | undefined {
  return outcome?.state === 'timedOut' ? explainVerdict(outcome.verdict) : undefined;
}

/** Nobody waits for a recorder. */
function letProcessEnd(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as NodeJS.Timeout).unref();
  }
}
