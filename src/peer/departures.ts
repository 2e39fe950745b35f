/**
 * Departures: the outbound frames of a peer. Frames for an rpcudp endpoint that are made in the
 * same turn of the event loop are sent together at its end, in one datagram. Frames that may not be
 * bundled are sent in separate datagrams, one directly after the other. Most of the cost of a
 * datagram, at both ends, is the system call. But a receiver that is woken only once for several
 * datagrams saves a tenth of the cost.
 */
import type { Engine } from '../engine/engine.js';
import type { FrameOwner, WaitingOwner } from '../engine/sender.js';
import type { Turn, TurnTask } from '../time/turn.js';
import {
  BUNDLE_HEADER_BYTES,
  bundledBytes,
  encodeBundle,
  MAX_BUNDLE_FRAMES,
} from '../wire/bundle.js';
import { MAX_DATAGRAM_BYTES } from '../wire/frame.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** The destination of the frames. The host may become known later than the peer. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** How many frames, and how many bytes, may wait for separate datagrams. */
const MAX_SINGLE_FRAMES = 256;
const MAX_SINGLE_BYTES = MAX_DATAGRAM_BYTES;

/** Far longer than a turn takes, and far shorter than any wait for an answer. */
const DELAYED_MS = 10;

/**
 * Frames that wait. A batch is put away before it is sent, because a send that fails at once may
 * cause another send.
 */
class Batch {
  readonly frames: OutboundFrame[] = [];
  readonly owners: (WaitingOwner | undefined)[] = [];
  /** The bytes that the frames take in a bundle. */
  bytes = 0;
  readonly #sinceMs: number;
  #firstDeadlineMs = Infinity;

  /** @param sinceMs when the first of them began to wait */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  get length(): number {
    return this.frames.length;
  }

  add(frame: OutboundFrame, bytes: number, owner: WaitingOwner | undefined): void {
    this.frames.push(frame);
    this.owners.push(owner);
    this.bytes += bytes;
    if (owner !== undefined && owner.deadlineMs < this.#firstDeadlineMs) {
      this.#firstDeadlineMs = owner.deadlineMs;
    }
  }

  /**
   * What may still be sent. The other frames are withdrawn. Where the event loop was blocked, the
   * owners of those that leave are told.
   */
  punctual(nowMs: number): Batch {
    const isDelayed = nowMs - this.#sinceMs >= DELAYED_MS;
    if (nowMs < this.#firstDeadlineMs && !isDelayed) return this;
    const punctual = new Batch(nowMs);
    for (const [index, frame] of this.frames.entries()) {
      const owner = this.owners[index];
      if (owner !== undefined && nowMs >= owner.deadlineMs) owner.withdraw();
      else {
        if (isDelayed) owner?.delayed(nowMs);
        punctual.add(frame, bundledBytes(frame), owner);
      }
    }
    return punctual;
  }

  hasRoom(bytes: number, maxBytes: number, maxFrames: number): boolean {
    return this.bytes + bytes <= maxBytes && this.length < maxFrames;
  }
}

/**
 * The first frame of a turn is sent at once. Later frames wait for the end of the turn. After a
 * turn with several waiting frames the first frame waits as well, because usually others follow. A
 * bundle that is half full waits only until the current code has run, so that the peer can already
 * work on it.
 *
 * So every frame is sent at the end of its turn at the latest. When a frame is sent depends only on
 * the turns, and not on how long they take. But a turn can take longer than a call may: a request
 * whose deadline has passed is not sent.
 */
export class Departures implements TurnTask {
  readonly #engine: Pick<Engine, 'clock' | 'sender'>;
  readonly #turn: Turn;
  readonly #maxBundleBytes: number;
  readonly #destination: Destination;
  /** The frames for separate datagrams. Bounded by `MAX_SINGLE_FRAMES` and `MAX_SINGLE_BYTES`. */
  #singles: Batch | undefined;
  /** The frames for one shared datagram. Bounded by `maxBundleBytes` and `MAX_BUNDLE_FRAMES`. */
  #bundle: Batch | undefined;
  /** Whether frames wait for the end of the turn. Only this class writes it. */
  waiting = false;
  /** Whether the end of the turn is awaited, and how many frames were postponed to it. */
  #endAwaited = false;
  #framesPutOff = 0;
  #wasBusy = false;
  #isLeaving = false;
  /** The turn in which a frame was last sent at once. */
  #lastTurn: number | undefined;

  constructor(
    engine: Pick<Engine, 'clock' | 'sender'>,
    turn: Turn,
    maxBundleBytes: number,
    destination: Destination,
  ) {
    this.#engine = engine;
    this.#turn = turn;
    this.#maxBundleBytes = maxBundleBytes;
    this.#destination = destination;
  }

  /** Sends a frame to a peer that understands bundles. `owner` gets the kernel's result. */
  send(frame: OutboundFrame, owner?: WaitingOwner): void {
    if (this.#mayLeaveNow()) {
      this.sendAlone(frame, owner);
      return;
    }
    const bytes = bundledBytes(frame);
    if (BUNDLE_HEADER_BYTES + bytes <= this.#maxBundleBytes) {
      this.#putInBundle(frame, bytes, owner);
    } else this.#putAside(frame, owner);
    this.waiting = true;
    this.#framesPutOff += 1;
    if (this.#endAwaited) return;
    this.#endAwaited = true;
    this.#turn.atEnd(this);
  }

  sendAlone(frame: OutboundFrame, owner?: FrameOwner): void {
    const { host, port } = this.#destination;
    this.#engine.sender.send(frame, host, port, owner);
  }

  /** Sends now what waits for the end of the turn. */
  flush(): void {
    this.#leave();
  }

  #putInBundle(frame: OutboundFrame, bytes: number, owner: WaitingOwner | undefined): void {
    const maxBytes = this.#maxBundleBytes - BUNDLE_HEADER_BYTES;
    // A loop, because the owner of a frame that could not be sent may send another frame at once.
    while (this.#bundle?.hasRoom(bytes, maxBytes, MAX_BUNDLE_FRAMES) === false) this.#leave();
    const bundle = (this.#bundle ??= new Batch(this.#engine.clock.nowMs()));
    bundle.add(frame, bytes, owner);
    if (!this.#isLeaving && 2 * bundle.bytes >= this.#maxBundleBytes) this.#leaveSoon();
  }

  #putAside(frame: OutboundFrame, owner: WaitingOwner | undefined): void {
    const { length } = frame;
    // A frame always has room if no other waits, however long it is.
    while (this.#singles?.hasRoom(length, MAX_SINGLE_BYTES, MAX_SINGLE_FRAMES) === false) {
      this.#leave();
    }
    (this.#singles ??= new Batch(this.#engine.clock.nowMs())).add(frame, length, owner);
  }

  #leaveSoon(): void {
    this.#isLeaving = true;
    this.#turn.soon(() => {
      this.#leave();
    });
  }

  #mayLeaveNow(): boolean {
    if (this.#endAwaited || this.#wasBusy) return false;
    const { number } = this.#turn;
    const isFirst = number !== this.#lastTurn;
    this.#lastTurn = number;
    return isFirst;
  }

  turnEnded(): void {
    this.#wasBusy = this.#framesPutOff > 1;
    this.#framesPutOff = 0;
    this.#endAwaited = false;
    this.#leave();
  }

  #leave(): void {
    if (!this.waiting) return;
    const waitingSingles = this.#singles;
    const waitingBundle = this.#bundle;
    this.#singles = undefined;
    this.#bundle = undefined;
    this.#isLeaving = false;
    this.waiting = false;
    const nowMs = this.#engine.clock.nowMs();
    const singles = waitingSingles?.punctual(nowMs);
    const bundle = waitingBundle?.punctual(nowMs);
    // Frames that are too long for a bundle are sent first, because the bundle may hold their
    // cancel.
    if (singles !== undefined) this.#sendOneByOne(singles);
    if (bundle === undefined) return;
    if (bundle.length > 1) this.#sendTogether(bundle);
    else this.#sendOneByOne(bundle);
  }

  #sendTogether({ frames, bytes, owners }: Batch): void {
    const { host, port } = this.#destination;
    this.#engine.sender.sendBundle(encodeBundle(frames, bytes), host, port, owners);
  }

  #sendOneByOne({ frames, owners }: Batch): void {
    for (const [index, frame] of frames.entries()) this.sendAlone(frame, owners[index]);
  }
}
