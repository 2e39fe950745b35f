/** The turn of the event loop that is under way, and what is put off to its end. */
import type { Clock } from './clock.js';

/** Something to be done once everything that arrived in this turn has been looked at. It must not throw. */
export interface TurnTask {
  turnEnded(): void;
}

export class Turn {
  readonly #clock: Clock;
  /** Bounded by those who put something off, each of them once a turn. */
  #tasks: TurnTask[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `task` at the end of this turn. Whoever asks twice is called twice. */
  atEnd(task: TurnTask): void {
    if (this.#tasks.length === 0) this.#clock.afterPoll(this.#ended);
    this.#tasks.push(task);
  }

  /** Ends the turn before its time: nothing is put off any longer. */
  end(): void {
    // What is put off meanwhile belongs to the next turn.
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.turnEnded();
  }

  readonly #ended = (): void => {
    this.end();
  };
}
