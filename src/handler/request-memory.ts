/**
 * Request memory: what an inbox remembers of requests that have ended, so that none runs twice. A
 * notification is remembered by its id, without a reply, and apart from the calls: these must not
 * be forgotten for it. A call may be repeated for long, and a notification only by the network.
 */
import type { AtMostOnce } from '../api/endpoint-options.js';
import type { Engine } from '../engine/engine.js';
import type { Frame } from '../wire/frame.js';
import type { Handler } from './handler.js';
import type { KnownRequest } from './known-request.js';
import type { Origins } from './origin.js';
import type { HandlerOwner } from './owner.js';
import { REFUSAL_LIMITS, ReplyMemory } from './reply-memory.js';
import type { ReplyLimits } from './reply-memory.js';

export class RequestMemory {
  readonly #replies: ReplyMemory;
  /** Made for the first notification. */
  #notifications: ReplyMemory | undefined;
  readonly #refusals: ReplyMemory;
  readonly #makeForNotifications: () => ReplyMemory;

  /** @param origins where it is counted whose requests are remembered, in strict mode */
  constructor(engine: Engine, limits: ReplyLimits, atMostOnce: AtMostOnce, origins: Origins) {
    const shared = atMostOnce === 'strict' ? origins : undefined;
    this.#replies = new ReplyMemory(engine, limits, shared);
    this.#makeForNotifications = () => new ReplyMemory(engine, limits, shared);
    this.#refusals = new ReplyMemory(engine, REFUSAL_LIMITS);
  }

  get size(): number {
    return this.#replies.size + this.sizeOf(true) + this.#refusals.size;
  }

  /** How many were forgotten before the end of their time, to make room. */
  get forgottenEarly(): number {
    const ofNotifications = this.#notifications?.forgottenEarly ?? 0;
    return this.#replies.forgottenEarly + ofNotifications + this.#refusals.forgottenEarly;
  }

  /** Whether there is no room for one more refusal. */
  get hasNoRoomToRefuse(): boolean {
    return this.#refusals.full;
  }

  /** How many of this kind have ended and are remembered. */
  sizeOf(oneWay: boolean): number {
    return oneWay ? (this.#notifications?.size ?? 0) : this.#replies.size;
  }

  /** What this frame repeats. */
  find(frame: Frame, sender: HandlerOwner): KnownRequest | undefined {
    return (
      this.#replies.find(frame, sender) ??
      this.#refusals.find(frame, sender) ??
      this.#notifications?.find(frame, sender)
    );
  }

  /** A procedure has ended. */
  remember(handler: Handler): void {
    const { oneWay } = handler.context;
    if (oneWay) (this.#notifications ??= this.#makeForNotifications()).remember(handler);
    else this.#replies.remember(handler);
  }

  rememberRefusal(handler: Handler): void {
    this.#refusals.remember(handler);
  }

  clear(): void {
    this.#replies.clear();
    this.#notifications?.clear();
    this.#refusals.clear();
  }
}
