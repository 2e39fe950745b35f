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
import { RequestKeys } from './request-keys.js';
import { REFUSAL_LIMITS, ReplyMemory } from './reply-memory.js';
import type { ReplyLimits } from './reply-memory.js';

export class RequestMemory {
  readonly #engine: Engine;
  readonly #limits: ReplyLimits;
  readonly #origins: Origins | undefined;
  readonly #keys: RequestKeys;
  /** Each is made for the first request that it remembers. */
  #replies: ReplyMemory | undefined;
  #notifications: ReplyMemory | undefined;
  #refusals: ReplyMemory | undefined;

  /** @param origins where it is counted whose requests are remembered, in strict mode */
  constructor(engine: Engine, limits: ReplyLimits, atMostOnce: AtMostOnce, origins: Origins) {
    this.#engine = engine;
    this.#limits = limits;
    this.#origins = atMostOnce === 'strict' ? origins : undefined;
    this.#keys = new RequestKeys(engine.random);
  }

  get size(): number {
    return this.sizeOf(false) + this.sizeOf(true) + (this.#refusals?.size ?? 0);
  }

  /** How many were forgotten before the end of their time, to make room. */
  get forgottenEarly(): number {
    const made = [this.#replies, this.#notifications, this.#refusals];
    return made.reduce((sum, memory) => sum + (memory?.forgottenEarly ?? 0), 0);
  }

  /** Whether there is no room for one more refusal. */
  get hasNoRoomToRefuse(): boolean {
    return this.#refusals?.full === true;
  }

  /** How many of this kind have ended and are remembered. */
  sizeOf(oneWay: boolean): number {
    return (oneWay ? this.#notifications : this.#replies)?.size ?? 0;
  }

  /** What this frame repeats. */
  find(frame: Frame, sender: HandlerOwner): KnownRequest | undefined {
    return (
      this.#replies?.find(frame, sender) ??
      this.#refusals?.find(frame, sender) ??
      this.#notifications?.find(frame, sender)
    );
  }

  /** A procedure has ended. */
  remember(handler: Handler): void {
    const memory = handler.context.oneWay
      ? (this.#notifications ??= this.#made())
      : (this.#replies ??= this.#made());
    memory.remember(handler);
  }

  #made(): ReplyMemory {
    return new ReplyMemory(this.#engine, this.#limits, this.#keys, this.#origins);
  }

  rememberRefusal(handler: Handler): void {
    this.#refusals ??= new ReplyMemory(this.#engine, REFUSAL_LIMITS, this.#keys);
    this.#refusals.remember(handler);
  }

  clear(): void {
    this.#replies?.clear();
    this.#notifications?.clear();
    this.#refusals?.clear();
  }
}
