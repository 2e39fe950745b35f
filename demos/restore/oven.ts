/** What the server of `demo:restore` serves: an oven that bakes until it is told to finish. */
import type { HandlerScope } from 'rpcudp';

export class Oven {
  /** How many times it has baked. */
  baked = 0;
  /** Resolves when it begins to bake. */
  readonly baking: Promise<void>;
  readonly handlers = {
    bake: async (_: HandlerScope, what: string): Promise<string> => {
      this.baked += 1;
      this.#begin();
      await this.#finished;
      return `${what} number ${String(this.baked)}`;
    },
  };
  readonly #finished: Promise<void>;
  #begin = (): void => undefined;
  #finish = (): void => undefined;

  constructor() {
    this.baking = new Promise((resolve) => (this.#begin = resolve));
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
  }

  finish(): void {
    this.#finish();
  }
}
