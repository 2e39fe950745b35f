/** View: what a player sees of the world. Serves the arena. */
import type { HandlerScope } from 'rpcudp';
import type { Ages } from './ages.js';
import { nowMs } from './place.js';
import type { Place } from './place.js';

/** What a player watches, and what only one process can know of it. */
export interface Watching {
  /** The name of the player that it watches. */
  readonly rival: string;
  /** Where it is noted how old the place of the rival is. */
  readonly ages: Ages;
  /** The number of the newest world that the arena has made. */
  readonly newest: () => number;
}

export class View {
  /** How many worlds it saw, and how many of them were not newer than the one before. */
  worlds = 0;
  older = 0;
  /** How many worlds the arena had made since the one that it saw, at most. */
  behind = 0;

  readonly handlers = {
    world: (_: HandlerScope, number: number, places: readonly Place[]): void => {
      this.worlds += 1;
      if (number > this.#number) this.#look(number, places);
      // A real game would ignore it: nothing keeps one datagram from overtaking another.
      else this.older += 1;
    },
  };

  readonly #watching: Watching;
  /** The number of the newest world. */
  #number = 0;
  #rivalAtMs = 0;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  #look(number: number, places: readonly Place[]): void {
    const { rival: watched, ages, newest } = this.#watching;
    this.#number = number;
    this.behind = Math.max(this.behind, newest() - number);
    const rival = places.find(([name]) => name === watched);
    if (rival === undefined) return;
    const [, , , atMs] = rival;
    if (atMs < this.#rivalAtMs) this.older += 1;
    this.#rivalAtMs = atMs;
    ages.add(nowMs() - atMs);
  }
}
