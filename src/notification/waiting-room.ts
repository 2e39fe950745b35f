/**
 * Waiting room: the notifications that wait for the end of the turn, for room in the flight, or for
 * the address of a name. Only what has a key waits for more than its name. Bounded by
 * `notifyWaiting`.
 */
import type { Limits } from '../api/limits.js';
import type { NotificationActor } from './notification.js';

type Key = string | number | NotificationActor;

export class WaitingRoom {
  readonly #limits: Pick<Limits, 'notifyWaiting'>;
  /**
   * By key, in the order in which their keys came: a newer one takes the place of the one before.
   * One without a key is its own.
   */
  readonly #waiting = new Map<Key, NotificationActor>();

  constructor(limits: Pick<Limits, 'notifyWaiting'>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** The one that waits first. */
  get first(): NotificationActor | undefined {
    const [first] = this.#waiting.values();
    return first;
  }

  /**
   * Takes in a notification, and tells the one with the same key that it was replaced. Gives false,
   * and takes nothing, if there is no place.
   */
  take(notification: NotificationActor): boolean {
    const key = notification.context.latest ?? notification;
    const before = this.#waiting.get(key);
    if (before === undefined && this.#waiting.size >= this.#limits.notifyWaiting) return false;
    this.#waiting.set(key, notification);
    before?.receive({ type: 'replaced', by: notification.transactionId });
    return true;
  }

  remove(notification: NotificationActor): void {
    const key = notification.context.latest ?? notification;
    if (this.#waiting.get(key) === notification) this.#waiting.delete(key);
  }

  all(): NotificationActor[] {
    return [...this.#waiting.values()];
  }
}
