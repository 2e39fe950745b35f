/**
 * Recorder: follows one endpoint and makes records of what happens there.
 *
 * When there are many calls, only a sample of them is shown, and the others are counted. Of those
 * that go wrong more are shown: the first ones of each kind, and then a few in a second. They go
 * wrong when they time out, are late, rejected, refused, cancelled or sent again; a request, when it
 * fails, is refused or repeated; a notification, when it is dropped. If such a call was not shown
 * before, the recorder first records what is still known of its past. All others of the kind are
 * counted.
 */
import type { ActorRefLike, AnyEventObject, Subscription } from 'xstate';
import type { Tap } from '../../actor/inspection.js';
import { CallActor } from '../../call/call.js';
import type { AnyEndpoint } from '../../api/endpoint.js';
import { tapEndpoint } from '../../endpoint/tapped-endpoint.js';
import type { TappedEndpoint } from '../../endpoint/tapped-endpoint.js';
import { Handler } from '../../handler/handler.js';
import { NotificationActor } from '../../notification/notification.js';
import { warnings } from '../../engine/warning.js';
import { inThisContext } from '../../time/async-context.js';
import { CallRecords, settles } from './call-records.js';
import { DatagramRecorder } from './datagram-recorder.js';
import { EndpointSampler } from './endpoint-sampler.js';
import { Failures } from './failures.js';
import { Follower } from './follower.js';
import { guardedTap } from './guarded-tap.js';
import { HandlerRecords } from './handler-records.js';
import { epochMsOf, identity } from './identity.js';
import { noteMaker } from './machine-makers.js';
import { Masking } from './masking.js';
import { NotificationRecords } from './notification-records.js';
import { ProcedureCounts } from './procedure-counts.js';
import { Pulse } from './pulse.js';
import type { RecordSink } from '../record.js';
import { RecordWriter } from './record-writer.js';
import { checkRecorderOptions } from './options.js';
import type { CheckedRecorderOptions, RecorderOptions } from './options.js';
import { Sampling } from './sampling.js';

export type { RecorderOptions } from './options.js';

/** A running recorder. */
export interface Recording {
  /** Ends the recording. The endpoint continues. */
  stop(): void;
}

/** How often peers and counts are compared, and the sampling is adjusted. */
const PERIOD_MS = 250;
/** If a period ends later than this, the process is busy: calls need its time more than records. */
const BUSY_MS = 25;
/** The share of calls that is then shown, of those that are shown otherwise. */
const SHARE_WHEN_BUSY = 1 / 8;

/**
 * Records what happens at `endpoint` from now on, beginning with the calls and requests that live.
 * `sink` takes each record as it is made. The first error that `sink` throws becomes a Node.js
 * process warning; later ones are ignored. The recording ends with the endpoint.
 *
 * @throws OptionError for an option that is unknown or out of bounds; EndpointClosedError for a
 * closed endpoint.
 */
export function recordEndpoint(
  endpoint: AnyEndpoint,
  sink: RecordSink,
  options: RecorderOptions = {},
): Recording {
  return new Recorder(endpoint, inThisContext(sink), checkRecorderOptions(options));
}

class Recorder implements Tap, Recording {
  readonly #tapped: TappedEndpoint;
  readonly #writer: RecordWriter;
  readonly #sampling: Sampling;
  readonly #failures: Failures;
  readonly #datagrams: DatagramRecorder;
  readonly #calls: Follower<CallActor>;
  readonly #notifications: Follower<NotificationActor>;
  readonly #handlers: Follower<Handler>;
  readonly #procedures = new ProcedureCounts();
  readonly #sampler: EndpointSampler;
  readonly #pulse: Pulse;
  readonly #listener: Subscription;

  constructor(
    endpoint: AnyEndpoint,
    sink: RecordSink,
    { name, mask, maxCallsPerSecond }: CheckedRecorderOptions,
  ) {
    const report = once(warnings());
    this.#tapped = tapEndpoint(endpoint, guardedTap(this, report));
    const { key, ...about } = identity(endpoint);
    const { clock } = this.#tapped;
    this.#writer = new RecordWriter(key, epochMsOf(clock), sink, report);
    const { write } = this.#writer;
    const masking = new Masking(mask);
    const maxPerPeriod = (maxCallsPerSecond * PERIOD_MS) / 1_000;
    this.#sampling = new Sampling(maxPerPeriod);
    this.#failures = new Failures(maxPerPeriod);
    this.#datagrams = new DatagramRecorder(write, masking, clock);
    const callRecords = new CallRecords(write, masking, this.#datagrams, clock);
    const notificationRecords = new NotificationRecords(write, masking, this.#datagrams, clock);
    const handlerRecords = new HandlerRecords(write, masking, this.#datagrams, clock);
    this.#calls = new Follower(callRecords, this.#sampling, this.#failures);
    this.#notifications = new Follower(notificationRecords, this.#sampling, this.#failures);
    this.#handlers = new Follower(handlerRecords, this.#sampling, this.#failures);
    this.#sampler = new EndpointSampler(endpoint, this.#tapped, write);
    this.#pulse = new Pulse(clock, PERIOD_MS, (lateMs) => {
      this.#sample(lateMs > BUSY_MS ? SHARE_WHEN_BUSY : 1);
    });
    this.#listener = endpoint.on('endpoint.closed', ({ error }) => {
      this.#datagrams.tellDeparting();
      this.#sample();
      write({ type: 'endpoint.closed', error: error?.message }, clock.nowMs());
      this.stop();
    });
    const calls = this.#tapped.calls();
    const notifications = this.#tapped.notifications();
    const handlers = this.#tapped.handlers();
    write({ type: 'endpoint', ...about, name: name ?? about.address }, clock.nowMs());
    this.#calls.found(calls);
    this.#notifications.found(notifications);
    this.#handlers.found(handlers);
    this.#sample();
    this.#pulse.stir();
  }

  stop(): void {
    this.#datagrams.tellDeparting();
    this.#pulse.stop();
    this.#writer.stop();
    this.#tapped.unsubscribe();
    this.#listener.unsubscribe();
  }

  /** @param share how much of the limit may be shown until the next sample */
  #sample(share = 1): void {
    const skipped = {
      calls: this.#calls.skipped,
      notifications: this.#notifications.skipped,
      handlers: this.#handlers.skipped,
    };
    const hasMore = this.#sampler.sample(this.#procedures, skipped, this.#sampling.oneIn);
    const { write } = this.#writer;
    for (const record of this.#failures.takeChanged()) write(record, this.#tapped.clock.nowMs());
    this.#sampling.nextPeriod(share);
    this.#failures.nextPeriod();
    if (hasMore || this.#failures.hasMore) this.#pulse.stir();
  }

  actorStarted(actor: ActorRefLike): void {
    this.#pulse.stir();
    noteMaker(actor);
    if (actor instanceof CallActor) this.#calls.started(actor);
    else if (actor instanceof Handler) this.#handlers.started(actor);
    else if (actor instanceof NotificationActor) this.#notifications.started(actor);
  }

  actorStepped(actor: ActorRefLike, event: AnyEventObject): void {
    this.#pulse.stir();
    if (actor instanceof CallActor) this.#callStepped(actor, event);
    else if (actor instanceof Handler) this.#handlers.stepped(actor, event);
    else if (actor instanceof NotificationActor) this.#notifications.stepped(actor, event);
  }

  #callStepped(call: CallActor, event: AnyEventObject): void {
    const { context } = call;
    this.#calls.stepped(call, event);
    if (context.outcome !== undefined && settles(call, event)) {
      this.#procedures.settled(context.peer, context.procedure, context.outcome.state);
    }
  }

  datagramSent(datagram: Buffer, host: string, port: number): void {
    this.#pulse.stir();
    this.#datagrams.sent(datagram, host, port);
  }

  datagramLeft(datagram: Buffer, error: Error | null): void {
    this.#datagrams.left(datagram, error);
  }

  datagramReceived(datagram: Buffer, host: string, port: number, atMs: number): void {
    this.#pulse.stir();
    this.#datagrams.received(datagram, host, port, atMs);
  }

  datagramSettled(fates: readonly string[]): void {
    this.#datagrams.settled(fates);
  }
}

/** Reports only the first error, because a broken sink usually fails for every record. */
export function once(report: (error: unknown) => void): (error: unknown) => void {
  let reported = false;
  return (error) => {
    if (!reported) report(error);
    reported = true;
  };
}
