/**
 * A peer's departures: frames for one rpcudp endpoint that are made in the same turn of the event loop leave together at
 * its end, in one datagram; or, where they may not be bundled, in one datagram right after the other. What a
 * datagram costs, at both ends, is mostly the system call; but to be woken once for several of them saves a tenth of it.
 */
import type { FrameOwner, Sender } from '../engine/sender.js';
import type { Turn, TurnTask } from '../time/turn.js';
import {
  BUNDLE_HEADER_BYTES,
  bundledBytes,
  encodeBundle,
  MAX_BUNDLE_FRAMES,
} from '../wire/bundle.js';
import { MAX_DATAGRAM_BYTES } from '../wire/frame.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** Where the frames go; the host may become known later than the peer. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** How much may wait that goes in datagrams of its own. */
const MAX_SINGLE_FRAMES = 256;
const MAX_SINGLE_BYTES = MAX_DATAGRAM_BYTES;

/** Frames that wait. Who sends them takes the batch away first: a send that fails at once may cause another. */
class Batch {
  readonly frames: OutboundFrame[] = [];
  readonly owners: (FrameOwner | undefined)[] = [];
  /** What they take in a bundle. */
  bytes = 0;

  get length(): number {
    return this.frames.length;
  }

  add(frame: OutboundFrame, bytes: number, owner: FrameOwner | undefined): void {
    this.frames.push(frame);
    this.owners.push(owner);
    this.bytes += bytes;
  }

  hasRoom(bytes: number, maxBytes: number, maxFrames: number): boolean {
    return this.bytes + bytes <= maxBytes && this.length < maxFrames;
  }
}

/**
 * The first frame of a turn goes out at once; those that follow it wait for the end of the turn. After a turn with
 * several frames even the first waits for that: it has company, as a rule. A bundle that is half full waits only until
 * the code at hand has run, so that the peer has something to do meanwhile.
 *
 * So every frame leaves at the end of its turn at the latest, and what leaves when follows from the turns alone, never from
 * how fast they pass.
 */
export class Departures implements TurnTask {
  readonly #sender: Sender;
  readonly #turn: Turn;
  readonly #maxBundleBytes: number;
  readonly #destination: Destination;
  /** Those that will have a datagram to themselves. Bounded by `MAX_SINGLE_FRAMES` and `MAX_SINGLE_BYTES`. */
  #singles = new Batch();
  /** Those that will share one. Bounded by `maxBundleBytes` and `MAX_BUNDLE_FRAMES`. */
  #bundle = new Batch();
  /** Whether frames wait for the end of the turn; only this class writes it. */
  waiting = false;
  /** Whether the end of the turn is awaited, and how many frames were put off to it. */
  #endAwaited = false;
  #framesPutOff = 0;
  #wasBusy = false;
  #isLeaving = false;
  /** The turn in which a frame last went out at once. */
  #lastTurn: number | undefined;

  constructor(sender: Sender, turn: Turn, maxBundleBytes: number, destination: Destination) {
    this.#sender = sender;
    this.#turn = turn;
    this.#maxBundleBytes = maxBundleBytes;
    this.#destination = destination;
  }

  /** Sends a frame to a peer that understands bundles; `owner` hears what the kernel made of it. */
  send(frame: OutboundFrame, owner?: FrameOwner): void {
    if (this.#mayLeaveNow()) {
      this.#sender.send(frame, this.#destination.host, this.#destination.port, owner);
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

  /** Sends a frame at once, in a datagram of its own. */
  sendAlone(frame: OutboundFrame, owner?: FrameOwner): void {
    const { host, port } = this.#destination;
    this.#sender.send(frame, host, port, owner);
  }

  #putInBundle(frame: OutboundFrame, bytes: number, owner: FrameOwner | undefined): void {
    const maxBytes = this.#maxBundleBytes - BUNDLE_HEADER_BYTES;
    // Who hears that a bundle could not be sent may send something else at once.
    while (!this.#bundle.hasRoom(bytes, maxBytes, MAX_BUNDLE_FRAMES)) this.#leave();
    this.#bundle.add(frame, bytes, owner);
    if (!this.#isLeaving && 2 * this.#bundle.bytes >= this.#maxBundleBytes) this.#leaveSoon();
  }

  #putAside(frame: OutboundFrame, owner: FrameOwner | undefined): void {
    const { length } = frame;
    while (!this.#hasRoomForSingle(length)) this.#leave();
    this.#singles.add(frame, length, owner);
  }

  /** However long it is, one always has. */
  #hasRoomForSingle(bytes: number): boolean {
    const singles = this.#singles;
    return singles.length === 0 || singles.hasRoom(bytes, MAX_SINGLE_BYTES, MAX_SINGLE_FRAMES);
  }

  #leaveSoon(): void {
    this.#isLeaving = true;
    queueMicrotask(() => {
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
    const singles = this.#singles;
    const bundle = this.#bundle;
    if (singles.length > 0) this.#singles = new Batch();
    if (bundle.length > 0) this.#bundle = new Batch();
    this.#isLeaving = false;
    this.waiting = false;
    // First what is too long for the bundle, in which it may be taken back.
    this.#sendOneByOne(singles);
    if (bundle.length > 1) this.#sendTogether(bundle);
    else this.#sendOneByOne(bundle);
  }

  #sendTogether({ frames, bytes, owners }: Batch): void {
    const { host, port } = this.#destination;
    this.#sender.sendBundle(encodeBundle(frames, bytes), host, port, owners);
  }

  #sendOneByOne({ frames, owners }: Batch): void {
    for (const [index, frame] of frames.entries()) this.sendAlone(frame, owners[index]);
  }
}
