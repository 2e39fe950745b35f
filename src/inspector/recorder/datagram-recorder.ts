/**
 * Makes records of datagrams: of those with a frame of a shown call or request, and of those with a
 * frame that found no use.
 */
import { formatAddress } from '../../address/address.js';
import type { Clock } from '../../time/clock.js';
import { UNKNOWN } from '../../legible/transaction.js';
import type { Transaction } from '../../legible/transaction.js';
import { isBundle, unpackBundle } from '../../wire/bundle.js';
import { isDrop } from '../../wire/drop.js';
import { HEADER_BYTES, ID_OFFSET, readFrame } from '../../wire/frame.js';
import type { TransactionId } from '../../wire/transaction-id.js';
import { codeOf, isOrdinary } from '../kind.js';
import type { Masking } from './masking.js';
import type { RecordOf, Unnumbered } from '../record.js';
import { ShownIds } from './shown-ids.js';

/** Takes a record and its time by the endpoint's clock. */
type Emit = (unnumbered: Unnumbered<RecordOf<'datagram'>>, atMs: number) => void;

/**
 * Anybody can send datagrams that belong to no call. At most this many of their frames are shown in
 * a second.
 */
const MAX_STRAYS_PER_SECOND = 200;

/**
 * The most datagrams of which it is not yet known whether the system takes them. Beyond that, the
 * oldest is recorded as sent.
 */
const MAX_DEPARTING = 4_096;

type Direction = RecordOf<'datagram'>['direction'];
type ShownFrame = RecordOf<'datagram'>['frames'][number];

/** A datagram that was handed to the system, and its record. */
interface Departing {
  readonly datagram: Buffer;
  readonly record: Unnumbered<RecordOf<'datagram'>>;
  readonly atMs: number;
}

/** A datagram and the address of its other end. */
interface Passage {
  readonly datagram: Buffer;
  readonly host: string;
  readonly port: number;
}

interface Unshown extends Passage {
  /** What the system said to it; undefined as long as it has not. */
  result: { readonly error: Error | null } | undefined;
}

interface Arrival extends Passage {
  readonly atMs: number;
}

export class DatagramRecorder {
  readonly #emit: Emit;
  readonly #masking: Masking;
  readonly #clock: Clock;
  readonly #ids = new ShownIds();
  /**
   * Datagrams that are being routed. There can be several: some transports deliver at once what a
   * procedure sends.
   */
  readonly #arrivals: Arrival[] = [];
  /** The oldest first. Bounded by `MAX_DEPARTING`. */
  #departing: Departing[] = [];
  /** The last datagram that was sent and not shown. */
  #unshown: Unshown | undefined;
  #strays = 0;
  #straysSinceMs = -Infinity;

  constructor(emit: Emit, masking: Masking, clock: Clock) {
    this.#emit = emit;
    this.#masking = masking;
    this.#clock = clock;
  }

  /** From now on, datagrams of this call or request are shown. */
  show(id: TransactionId, transaction: Transaction): void {
    this.#ids.add(id, transaction);
  }

  sent(datagram: Buffer, host: string, port: number): void {
    const passage = { datagram, host, port, result: undefined };
    if (!this.#departs(passage)) this.#unshown = passage;
  }

  /** Takes the datagram, if a frame of it is shown. Returns whether one is. */
  #departs(passage: Unshown): boolean {
    const { datagram } = passage;
    const views = this.#mayShow(datagram) ? framesOf(datagram) : [];
    const frames = views.flatMap((view) => this.#knownFrame(view) ?? []);
    if (frames.length === 0) return false;
    const record = recordOf('out', passage, views, frames);
    this.#departing.push({ datagram, record, atMs: this.#clock.nowMs() });
    if (this.#departing.length > MAX_DEPARTING) this.#tellDeparted(0, null);
    return true;
  }

  /** The system has taken a datagram, or refused it. */
  left(datagram: Buffer, error: Error | null): void {
    const index = this.#departing.findIndex((departing) => departing.datagram === datagram);
    if (index >= 0) this.#tellDeparted(index, error);
    else if (this.#unshown?.datagram === datagram) this.#unshown.result = { error };
  }

  /** Records all datagrams that were handed to the system. What became of them is not known. */
  tellDeparting(): void {
    while (this.#departing.length > 0) this.#tellDeparted(0, null);
  }

  #tellDeparted(index: number, error: Error | null): void {
    const [departed] = this.#departing.splice(index, 1);
    if (departed === undefined) return;
    const refused = error === null ? undefined : (codeOf(error) ?? '');
    this.#emit({ ...departed.record, refused }, departed.atMs);
  }

  received(datagram: Buffer, host: string, port: number, atMs: number): void {
    this.#arrivals.push({ datagram, host, port, atMs });
  }

  settled(fates: readonly string[]): void {
    const arrival = this.#arrivals.pop();
    if (arrival === undefined) return;
    const { datagram, atMs } = arrival;
    if (fates.every(isOrdinary) && !this.#mayShow(datagram)) return;
    const views = framesOf(datagram);
    const frames = views.flatMap((view, index) => {
      const fate = fates[index] ?? '';
      return this.#knownFrame(view, fate) ?? this.#strayFrame(view, fate, atMs) ?? [];
    });
    if (frames.length > 0) this.#emit(recordOf('in', arrival, views, frames), atMs);
    for (const { fate, transactionId } of frames) {
      if (fate === 'request.replayed' && transactionId !== undefined) {
        this.tellUnshown(transactionId);
      }
    }
  }

  /**
   * Records the last unshown datagram, if it belongs to this call or request, which is shown only
   * now.
   */
  tellUnshown(id: TransactionId): void {
    const unshown = this.#unshown;
    if (unshown === undefined || isBundle(unshown.datagram)) return;
    if (unshown.datagram.toString('hex', ID_OFFSET, HEADER_BYTES) !== id) return;
    if (!this.#departs(unshown)) return;
    this.#unshown = undefined;
    if (unshown.result !== undefined) this.left(unshown.datagram, unshown.result.error);
  }

  /**
   * Records a frame that was sent or arrived before its call was shown. How it travelled is no
   * longer known.
   *
   * @param refused the code of the error with which the system refused it
   */
  remade(
    datagram: Buffer,
    direction: Direction,
    peer: string,
    atMs: number,
    refused?: string,
  ): void {
    // A datagram that is being routed is recorded when it is settled.
    const isRouted = this.#arrivals.some((arrival) => contains(arrival.datagram, datagram));
    if (direction === 'in' && isRouted) return;
    const frame = this.#knownFrame(datagram, direction === 'in' ? 'request.run' : undefined);
    if (frame === undefined) return;
    const about = { bytes: datagram.length, bundle: false, frameCount: 1, frames: [frame] };
    this.#emit({ type: 'datagram', direction, peer, ...about, remade: true, refused }, atMs);
  }

  /** A cheap test that excludes nearly all datagrams that are not to be shown. */
  #mayShow(datagram: Buffer): boolean {
    if (!isBundle(datagram)) return this.#ids.mayHave(datagram, ID_OFFSET);
    return framesOf(datagram).some((view) => this.#ids.mayHave(view, ID_OFFSET));
  }

  /** The frame as shown, if its transaction is shown. */
  #knownFrame(view: Buffer, fate?: string): ShownFrame | undefined {
    if (!this.#ids.mayHave(view, ID_OFFSET)) return undefined;
    const frame = readFrame(view);
    const transaction = isDrop(frame) ? undefined : this.#ids.get(frame.id);
    if (isDrop(frame) || transaction === undefined) return undefined;
    const { type, id } = frame;
    return { type, transactionId: id, fate, ...this.#masking.frame(frame, transaction) };
  }

  /** The frame as shown, if it found no use. */
  #strayFrame(view: Buffer, fate: string, atMs: number): ShownFrame | undefined {
    if (isOrdinary(fate) || !this.#admitsStray(atMs)) return undefined;
    const frame = readFrame(view);
    if (isDrop(frame)) return { fate, ...this.#masking.unreadable(view) };
    const { type, id } = frame;
    // The handler is gone, but its reply is sent again: show that too.
    if (fate === 'request.replayed') this.show(id, UNKNOWN);
    return { type, transactionId: id, fate, ...this.#masking.frame(frame) };
  }

  #admitsStray(atMs: number): boolean {
    if (atMs - this.#straysSinceMs >= 1_000) {
      this.#straysSinceMs = atMs;
      this.#strays = 0;
    }
    this.#strays += 1;
    return this.#strays <= MAX_STRAYS_PER_SECOND;
  }
}

function recordOf(
  direction: Direction,
  { datagram, host, port }: Passage,
  { length: frameCount }: readonly Buffer[],
  frames: ShownFrame[],
): Unnumbered<RecordOf<'datagram'>> {
  const peer = formatAddress({ host, port });
  const about = { bytes: datagram.length, bundle: isBundle(datagram), frameCount, frames };
  return { type: 'datagram', direction, peer, ...about };
}

/** The frames of a bundle. Any other datagram, and a broken bundle, counts as one frame. */
function framesOf(datagram: Buffer): readonly Buffer[] {
  if (!isBundle(datagram)) return [datagram];
  const frames: Buffer[] = [];
  const fault = unpackBundle(datagram, (frame) => frames.push(frame));
  return fault === undefined ? frames : [datagram];
}

function contains(datagram: Buffer, frame: Buffer): boolean {
  return (
    frame.buffer === datagram.buffer &&
    frame.byteOffset >= datagram.byteOffset &&
    frame.byteOffset + frame.length <= datagram.byteOffset + datagram.length
  );
}
