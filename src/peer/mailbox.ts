/**
 * Mailbox: the calls that wait for room in a peer's window, first in, first out. Bounded by
 * `mailbox` in number, and by `mailboxBytes` in the bytes of their requests.
 */
import type { Limits } from '../api/limits.js';
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';
import type { MailboxFullError } from '../errors.js';

export type MailboxLimits = Pick<Limits, 'mailbox' | 'mailboxBytes'>;

/** The limit that leaves no room. */
type Full = Pick<MailboxFullError, 'limit' | 'value'>;

export class Mailbox extends LinkedList<CallActor> {
  readonly #limits: MailboxLimits;
  #bytes = 0;

  constructor(limits: MailboxLimits) {
    super();
    this.#limits = limits;
  }

  /** How many more calls may wait, as long as their requests are short. */
  get room(): number {
    return Math.max(this.#limits.mailbox - this.size, 0);
  }

  /**
   * Why the call may not wait; undefined if it may. A single call may always have its bytes.
   *
   * @param other shares the limits with this one
   */
  refusal(call: CallActor, other?: Mailbox): Full | undefined {
    const { mailbox, mailboxBytes } = this.#limits;
    const size = this.size + (other?.size ?? 0);
    if (size >= mailbox) return { limit: 'mailbox', value: mailbox };
    const bytes = this.#bytes + (other === undefined ? 0 : other.#bytes);
    const isTooMuch = size > 0 && bytes + bytesOf(call) > mailboxBytes;
    return isTooMuch ? { limit: 'mailboxBytes', value: mailboxBytes } : undefined;
  }

  override push(call: CallActor): void {
    super.push(call);
    this.#bytes += bytesOf(call);
  }

  override delete(call: CallActor): boolean {
    const waited = super.delete(call);
    if (waited) this.#bytes = this.size === 0 ? 0 : this.#bytes - bytesOf(call);
    return waited;
  }
}

function bytesOf({ frame }: CallActor): number {
  return frame?.length ?? 0;
}
