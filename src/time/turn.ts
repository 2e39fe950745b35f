/**
 * Turn: the number of the current turn of the event loop, and the tasks for its end.
 *
 * A turn is one round of libuv through timers, sockets and immediates. Its duration does not
 * matter, so that fast and slow machines do the same for the same events.
 */
import type { Clock } from './clock.js';
import { platform } from './platform.js';

/** Something to do when all that arrived in this turn has been processed. It must not throw. */
export interface TurnTask {
  turnEnded(): void;
}

export class Turn {
  readonly #clock: Clock;
  /** Bounded by the users of this class, each of which adds one task a turn. */
  #tasks: TurnTask[] = [];
  #awaited = false;
  /**
   * The number of turns that have ended, if the clock does not count them. It counts only turns in
   * which `number` or `atEnd` was used.
   */
  #ended = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `task` at the end of this turn, as many times as it was added. */
  atEnd(task: TurnTask): void {
    this.#awaitEnd();
    this.#tasks.push(task);
  }

  /** Calls `task` when the current code has run, promises included, and before the turn ends. */
  soon(task: () => void): void {
    platform.queueMicrotask(task);
  }

  /** A number that distinguishes this turn from all others. */
  get number(): number {
    if (this.#clock.turnNumber !== undefined) return this.#clock.turnNumber();
    this.#awaitEnd();
    return this.#ended;
  }

  /** Runs the tasks now, before the end of the turn. */
  end(): void {
    // Tasks that are added by these tasks belong to the next turn.
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.turnEnded();
  }

  #awaitEnd(): void {
    if (this.#awaited) return;
    this.#awaited = true;
    this.#clock.afterPoll(this.#polled);
  }

  readonly #polled = (): void => {
    this.#awaited = false;
    this.#ended += 1;
    this.end();
  };
}
