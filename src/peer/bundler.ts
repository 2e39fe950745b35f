/**
 * A peer's bundler: frames for one rpcudp endpoint that are made in the same turn of the event loop travel
 * in one datagram. What a datagram costs, at both ends, is mostly the system call.
 */
import type { Environment, FrameOwner } from '../endpoint/environment.js';
import type { TurnTask } from '../turn.js';
import {
  BUNDLE_HEADER_BYTES,
  bundledBytes,
  encodeBundle,
  MAX_BUNDLE_FRAMES,
} from '../wire/bundle.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** Where the frames go; the host may become known later than the peer. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/**
 * A frame so long after the one before it has a turn of its own. Asking the clock is cheaper than waiting for the
 * end of each turn, which cost a tenth of the round-trip time at one call in flight; and frames that take
 * longer than this to make have little to gain from sharing a datagram.
 */
const SAME_TURN_MS = 0.02;

/**
 * A frame that seems to be alone in its turn goes out at once; those that follow it wait for the end of the turn.
 * After a turn with several frames even the first waits for that: it has company, as a rule. A bundle that is
 * half full waits only until the code at hand has run, so that the peer has something to do meanwhile.
 */
export class Bundler implements TurnTask {
  readonly #environment: Environment;
  readonly #destination: Destination;
  /** Those that wait for the end of the turn. Bounded by `maxBundleBytes` and `MAX_BUNDLE_FRAMES`. */
  #frames: OutboundFrame[] = [];
  #owners: (FrameOwner | undefined)[] = [];
  /** What they take in a bundle. */
  #bytes = 0;
  /** Whether the end of the turn is awaited, and how many frames were put off to it. */
  #waiting = false;
  #framesPutOff = 0;
  #wasBusy = false;
  #isLeaving = false;
  #lastFrameAtMs = -Infinity;

  constructor(environment: Environment, destination: Destination) {
    this.#environment = environment;
    this.#destination = destination;
  }

  /** Whether frames wait for the end of the turn. */
  get waiting(): boolean {
    return this.#frames.length > 0;
  }

  /** Sends a frame to a peer that understands bundles; `owner` hears what the kernel made of it. */
  send(frame: OutboundFrame, owner?: FrameOwner): void {
    const { maxBundleBytes } = this.#environment.limits;
    const bytes = bundledBytes(frame);
    if (BUNDLE_HEADER_BYTES + bytes > maxBundleBytes || this.#isAlone()) {
      this.#sendAlone(frame, owner);
      return;
    }
    // Who hears that a bundle could not be sent may send something else at once.
    while (this.#isFull(bytes)) this.#flush();
    this.#frames.push(frame);
    this.#owners.push(owner);
    this.#bytes += bytes;
    this.#framesPutOff += 1;
    if (!this.#isLeaving && 2 * this.#bytes >= maxBundleBytes) this.#leaveSoon();
    if (this.#waiting) return;
    this.#waiting = true;
    this.#environment.turn.atEnd(this);
  }

  #isFull(bytes: number): boolean {
    const { maxBundleBytes } = this.#environment.limits;
    const size = BUNDLE_HEADER_BYTES + this.#bytes + bytes;
    return size > maxBundleBytes || this.#frames.length === MAX_BUNDLE_FRAMES;
  }

  #leaveSoon(): void {
    this.#isLeaving = true;
    queueMicrotask(() => {
      this.#flush();
    });
  }

  #isAlone(): boolean {
    if (this.#waiting || this.#wasBusy) return false;
    const nowMs = this.#environment.clock.nowMs();
    const alone = nowMs - this.#lastFrameAtMs >= SAME_TURN_MS;
    this.#lastFrameAtMs = nowMs;
    return alone;
  }

  turnEnded(): void {
    this.#wasBusy = this.#framesPutOff > 1;
    this.#framesPutOff = 0;
    this.#waiting = false;
    this.#flush();
  }

  #flush(): void {
    const frames = this.#frames;
    const owners = this.#owners;
    const bytes = this.#bytes;
    const [first] = frames;
    if (first === undefined) return;
    // A send that fails at once may make its caller send something else.
    this.#frames = [];
    this.#owners = [];
    this.#bytes = 0;
    this.#isLeaving = false;
    if (frames.length === 1) {
      this.#sendAlone(first, owners[0]);
      return;
    }
    const { host, port } = this.#destination;
    this.#environment.socket.sendBundle(encodeBundle(frames, bytes), host, port, owners);
  }

  #sendAlone(frame: OutboundFrame, owner: FrameOwner | undefined): void {
    const { host, port } = this.#destination;
    this.#environment.socket.send(frame, host, port, owner);
  }
}
