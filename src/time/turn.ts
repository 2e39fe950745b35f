/**
 * The turn of the event loop that is under way: which it is, and what is put off to its end.
 *
 * A turn is what it is to libuv: one round through timers, sockets and immediates. How long it lasts does not
 * matter, so that a fast machine and a slow one, given the same events, do the same.
 */
import type { Clock } from './clock.js';

/** Something to be done once everything that arrived in this turn has been looked at. It must not throw. */
export interface TurnTask {
  turnEnded(): void;
}

export class Turn {
  readonly #clock: Clock;
  /** Bounded by those who put something off, each of them once a turn. */
  #tasks: TurnTask[] = [];
  #awaited = false;
  /** Turns that have ended, where the clock does not count them; only those that somebody asked about. */
  #ended = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `task` at the end of this turn. Whoever asks twice is called twice. */
  atEnd(task: TurnTask): void {
    this.#awaitEnd();
    this.#tasks.push(task);
  }

  /** Tells this turn from every other. */
  get number(): number {
    if (this.#clock.turnNumber !== undefined) return this.#clock.turnNumber();
    this.#awaitEnd();
    return this.#ended;
  }

  /** Ends the turn before its time: nothing is put off any longer. */
  end(): void {
    // What is put off meanwhile belongs to the next turn.
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
