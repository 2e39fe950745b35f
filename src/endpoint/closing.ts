/**
 * Closing: how an endpoint comes to its end. Drained, it takes no new request, and lets procedures
 * end. Closed, it also cancels its calls, except those of procedures that run: within the grace
 * these finish what they began. Then what is left ends too, and the socket is closed.
 */
import type { CloseOptions } from '../api/close-options.js';
import { EndpointClosedError } from '../errors.js';
import type { Alarm } from '../time/alarms.js';
import { checkCloseOptions } from './options.js';
import type { Parts } from './parts.js';

/** The alarm is the end of the grace. */
export class Closing implements Alarm {
  heapIndex = -1;
  readonly #parts: Parts;
  /** Called when everything has ended, with the reason if nobody called `close()`. */
  readonly #ended: (error: Error | undefined) => void;
  #drained: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  /** Why calls are cancelled. Set once the endpoint closes. */
  #reason: Error | undefined;
  #graceEndsAtMs = Infinity;
  /** Resolves when no procedure runs any longer, or when the endpoint does not wait for it. */
  #idle: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(parts: Parts, ended: (error: Error | undefined) => void) {
    this.#parts = parts;
    this.#ended = ended;
  }

  /** Whether the endpoint is closing, or closed. */
  get begun(): boolean {
    return this.#closed !== undefined;
  }

  drain(): Promise<void> {
    return (this.#drained ??= this.#closed ?? this.#drain());
  }

  async #drain(): Promise<void> {
    const { root, turn } = this.#parts;
    root.send({ type: 'drain' });
    await this.#noneRuns();
    // Until then the last replies may wait for others.
    await new Promise<void>((resolve) => {
      turn.atEnd({ turnEnded: resolve });
    });
  }

  /** @throws OptionError */
  close(options?: CloseOptions): Promise<void> {
    const { graceMs } = checkCloseOptions(options);
    if (this.#closed === undefined) {
      this.#limitGrace(graceMs ?? this.#parts.limits.closeGraceMs);
      this.#begin(undefined);
    } else if (graceMs !== undefined) this.#limitGrace(graceMs);
    return this.#closed ?? Promise.resolve();
  }

  /** The socket failed. Neither replies nor calls can leave, so nothing is waited for. */
  fail(error: Error): void {
    this.#begin(error);
    this.#stopWaiting?.();
  }

  /** Of several graces the one holds that ends first. */
  #limitGrace(graceMs: number): void {
    const { engine, inbox } = this.#parts;
    const endsAtMs = engine.clock.nowMs() + graceMs;
    if (endsAtMs >= this.#graceEndsAtMs) return;
    this.#graceEndsAtMs = endsAtMs;
    if (inbox.running > 0) engine.alarms.set(this, endsAtMs);
  }

  ring(): void {
    this.#stopWaiting?.();
  }

  #begin(error: Error | undefined): void {
    if (this.#closed !== undefined) return;
    const { caller, inbox, peers } = this.#parts;
    this.#reason = error ?? new EndpointClosedError();
    caller.close();
    if (inbox.running === 0) peers.close();
    const idle = this.#noneRuns();
    // A microtask later, so that a listener that calls again when its call is cancelled finds the
    // endpoint closing.
    this.#closed = Promise.resolve().then(() => this.#end(idle, error));
  }

  /** Takes no new request from now on. Resolves when none runs. */
  #noneRuns(): Promise<void> {
    const { inbox } = this.#parts;
    this.#idle ??= new Promise((resolve) => {
      this.#stopWaiting = resolve;
      inbox.drain(() => {
        this.#cancelCalls();
        if (inbox.running === 0) resolve();
      });
      if (inbox.running === 0) resolve();
    });
    return this.#idle;
  }

  /** Cancels the calls that are not made for procedures that run, if the endpoint closes. */
  #cancelCalls(): void {
    if (this.#reason === undefined) return;
    for (const peer of this.#parts.peers.all()) {
      peer.cancelCalls(this.#reason);
      peer.closeOutlet();
    }
  }

  async #end(idle: Promise<void>, error: Error | undefined): Promise<void> {
    const { engine, inbox, outstanding, peers, root, socket, turn } = this.#parts;
    root.send({ type: 'close', error });
    this.#cancelCalls();
    // Somebody may wait for the close, even of an endpoint that does not keep the process alive.
    engine.alarms.ref();
    await idle;
    engine.alarms.clear(this);
    inbox.close(this.#reason);
    peers.close();
    // No procedure runs any longer.
    this.#cancelCalls();
    for (const call of outstanding.all()) call.giveUp();
    turn.end();
    for (const peer of peers.all()) peer.madeOutlet?.halt();
    await socket.close();
    peers.forgetAll();
    engine.alarms.close();
    root.send({ type: 'closed' });
    this.#ended(error);
  }
}
