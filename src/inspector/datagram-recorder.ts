/** Makes records of those datagrams that carry something of a call that is shown, or that nobody had a use for. */
import type { MaskTest } from '../inspect/mask.js';
import { isBundle, unpackBundle } from '../wire/bundle.js';
import { isDrop } from '../wire/drop.js';
import { readFrame } from '../wire/frame.js';
import type { TransactionId } from '../wire/frame.js';
import { maskedBytes, shownBytes } from './masked-frame.js';
import type { RecordOf, Unnumbered } from './record.js';

/** Takes a record, and when it was, by the endpoint's clock. */
type Emit = (unnumbered: Unnumbered<RecordOf<'datagram'>>, atMs: number) => void;

/** An answer may come long after its call is over; the ids of so many calls are known. */
const MAX_IDS = 16_384;

/** Datagrams that belong to no call are for anybody to send: no more are shown a second. */
const MAX_STRAY_PER_SECOND = 200;

/** What befalls the frames of a healthy call. */
const ORDINARY: ReadonlySet<string> = new Set([
  'request.run',
  'response.matched',
  'cancel.delivered',
]);

type ShownFrame = RecordOf<'datagram'>['frames'][number];

interface Arrival {
  readonly datagram: Buffer;
  readonly peer: string;
  readonly atMs: number;
}

export class DatagramRecorder {
  readonly #emit: Emit;
  readonly #isMasked: MaskTest | undefined;
  /** The procedures of the calls that are shown, by id. Bounded by `MAX_IDS`; the oldest go first. */
  readonly #procedures = new Map<TransactionId, string>();
  /** Those being routed: several, if a transport delivers at once what a procedure sends. */
  readonly #arrivals: Arrival[] = [];
  #strays = 0;
  #straysSinceMs = 0;

  constructor(emit: Emit, isMasked: MaskTest | undefined) {
    this.#emit = emit;
    this.#isMasked = isMasked;
  }

  /** From now on the datagrams of this call, or request, are shown. */
  show(id: TransactionId, procedure: string): void {
    this.#procedures.set(id, procedure);
    if (this.#procedures.size <= MAX_IDS) return;
    for (const oldest of this.#procedures.keys()) {
      this.#procedures.delete(oldest);
      return;
    }
  }

  sent(datagram: Buffer, peer: string, atMs: number): void {
    if (this.#procedures.size === 0) return;
    const views = framesOf(datagram);
    const frames = views.flatMap((view) => this.#shownFrame(view) ?? []);
    if (frames.length > 0) this.#tell('out', datagram, peer, views.length, frames, atMs);
  }

  received(datagram: Buffer, peer: string, atMs: number): void {
    this.#arrivals.push({ datagram, peer, atMs });
  }

  settled(fates: readonly string[]): void {
    const arrival = this.#arrivals.pop();
    if (arrival === undefined) return;
    const { datagram, peer, atMs } = arrival;
    const views = framesOf(datagram);
    const frames = views.flatMap((view, index) => this.#shownFrame(view, fates[index], atMs) ?? []);
    if (frames.length > 0) this.#tell('in', datagram, peer, views.length, frames, atMs);
  }

  /** A frame that was sent, or arrived, before its call was shown; how it travelled is not known any more. */
  remade(frame: Buffer, direction: 'in' | 'out', peer: string, atMs: number): void {
    // What is being routed will be told when it is settled.
    if (direction === 'in' && this.#arrivals.some(({ datagram }) => contains(datagram, frame)))
      return;
    const shown = this.#shownFrame(frame, direction === 'in' ? 'request.run' : undefined);
    if (shown === undefined) return;
    const bytes = frame.length;
    this.#emit(
      {
        type: 'datagram',
        direction,
        peer,
        bytes,
        bundle: false,
        frameCount: 1,
        frames: [shown],
        remade: true,
      },
      atMs,
    );
  }

  #tell(
    direction: 'in' | 'out',
    datagram: Buffer,
    peer: string,
    frameCount: number,
    frames: ShownFrame[],
    atMs: number,
  ): void {
    const bundle = isBundle(datagram);
    const bytes = datagram.length;
    this.#emit({ type: 'datagram', direction, peer, bytes, bundle, frameCount, frames }, atMs);
  }

  /** The frame as it is shown, if it is. `atMs` is there for those that arrive. */
  #shownFrame(view: Buffer, fate?: string, atMs?: number): ShownFrame | undefined {
    const frame = readFrame(view);
    if (isDrop(frame)) {
      if (!this.#admitsStray(atMs)) return undefined;
      // Nobody knows what is in it.
      return this.#isMasked === undefined
        ? { fate, ...shownBytes(view) }
        : { fate, base64: '', masked: true };
    }
    const { type, id } = frame;
    const procedure = this.#procedures.get(id);
    if (procedure === undefined) {
      if (fate === undefined || ORDINARY.has(fate) || !this.#admitsStray(atMs)) return undefined;
    }
    const bytes =
      this.#isMasked === undefined
        ? shownBytes(view)
        : maskedBytes(frame, procedure, this.#isMasked);
    return { type, transactionId: id, fate, ...bytes };
  }

  #admitsStray(atMs = 0): boolean {
    if (atMs - this.#straysSinceMs >= 1_000) {
      this.#straysSinceMs = atMs;
      this.#strays = 0;
    }
    this.#strays += 1;
    return this.#strays <= MAX_STRAY_PER_SECOND;
  }
}

/** The frames of a bundle; any other datagram is one, and so is a broken bundle. */
function framesOf(datagram: Buffer): Buffer[] {
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
