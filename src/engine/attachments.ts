/** Attachments: those who attach to an endpoint, to be told what happens there. */
import type { Subscription } from 'xstate';

export abstract class Attachments<One> {
  /** Whether there is anybody. Ask this before anything is made for them. */
  used = false;
  /** Bounded by those who attach. Replaced, so that one may leave while others are told. */
  protected attached: readonly One[] = [];

  attach(one: One): Subscription {
    this.#replace([...this.attached, one]);
    return {
      unsubscribe: () => {
        this.#replace(this.attached.filter((other) => other !== one));
      },
    };
  }

  #replace(attached: readonly One[]): void {
    this.attached = attached;
    this.used = attached.length > 0;
  }
}
