/** View: what a player sees of the world. Serves the arena. */
import type { HandlerScope } from 'rpcudp';
import type { Ages } from './ages.js';
import { nowMs } from './place.js';
import type { Place } from './place.js';

export class View {
  /** How many worlds it saw, and how many of them were not newer than the one before. */
  worlds = 0;
  older = 0;

  readonly handlers = {
    world: (_: HandlerScope, number: number, places: readonly Place[]): void => {
      this.worlds += 1;
      if (number > this.#number) this.#look(number, places);
      // A real game would ignore it: nothing keeps one datagram from overtaking another.
      else this.older += 1;
    },
  };

  readonly #rival: string;
  readonly #ages: Ages;
  /** The number of the newest world. */
  #number = 0;
  #rivalAtMs = 0;

  /** @param rival the player that it watches: how old its place is goes into `ages` */
  constructor(rival: string, ages: Ages) {
    this.#rival = rival;
    this.#ages = ages;
  }

  #look(number: number, places: readonly Place[]): void {
    this.#number = number;
    const rival = places.find(([name]) => name === this.#rival);
    if (rival === undefined) return;
    const [, , , atMs] = rival;
    if (atMs < this.#rivalAtMs) this.older += 1;
    this.#rivalAtMs = atMs;
    this.#ages.add(nowMs() - atMs);
  }
}
