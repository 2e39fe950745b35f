/**
 * Notification actor: one request that nobody answers. It runs the notification machine, and owns
 * the bytes of the request. Its peer decides when it is sent (outlet.ts).
 */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import type { NotificationDrop } from '../api/notification-state.js';
import type { NotificationInput } from '../api/notification-snapshot.js';
import type { Linked } from '../call/linked-list.js';
import type { ParentRequest } from '../call/parent-request.js';
import { shareAmongCopies } from '../copies/shared-class.js';
import type { WaitingOwner } from '../engine/sender.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { NotificationHome } from './home.js';
import { notificationMachine } from './machine.js';
import type { NotificationMachine } from './machine.js';

const table = compileTable(notificationMachine);

/** A notification has no deadline: it leaves in its turn, or waits for room. */
const NEVER_MS = Infinity;

export class NotificationActor
  extends LightActor<NotificationMachine, NotificationHome>
  implements Linked<NotificationActor>, WaitingOwner
{
  static {
    shareAmongCopies('NotificationActor', this);
  }

  readonly frame: OutboundFrame;
  /** The request to which it belongs, if its handle comes from a procedure's scope. */
  readonly parent: ParentRequest | undefined;
  /** The list of those that the kernel has not confirmed, if it is in it, and its links there. */
  list: object | undefined;
  previous: NotificationActor | undefined;
  next: NotificationActor | undefined;
  #departing: Departing | undefined;

  constructor(
    peer: AnyActorRef,
    home: NotificationHome,
    input: NotificationInput,
    frame: OutboundFrame,
    parent: ParentRequest | undefined,
  ) {
    super(table, home, input, peer);
    this.frame = frame;
    this.parent = parent;
    home.ledger.entered();
    if (home.inspection.watched) this.report();
  }

  override get id(): string {
    return `notification ${this.context.procedure} ${this.context.transactionId.slice(0, 4)}`;
  }

  get transactionId(): TransactionId {
    return this.context.transactionId;
  }

  get deadlineMs(): number {
    return NEVER_MS;
  }

  /** It is handed to the socket, or waits for the end of the turn with others. */
  departs(departing: Departing): void {
    this.#departing = departing;
    departing.push(this);
  }

  /** The kernel's result for its datagram. */
  sent(error: Error | null): void {
    this.#departing?.delete(this);
    if (error === null) this.receive({ type: 'transmitted' }, this.home.sender.ref);
    else this.drop('refused', error);
  }

  /** Its kernel's result did not come, and is not waited for any longer. */
  handedOver(): void {
    this.receive({ type: 'transmitted' });
  }

  delayed(): void {
    // It waits for no answer. The probe behind it leaves with it.
  }

  withdraw(): void {
    // Only what has a deadline is withdrawn.
  }

  drop(reason: NotificationDrop, error?: Error): void {
    this.receive({ type: 'dropped', reason, error });
  }

  protected override entered(state: string): void {
    const { end } = this.context;
    if (state !== 'queued' && end !== undefined) this.home.ledger.ended(end);
  }
}

/** Where those wait that the kernel has not confirmed. */
interface Departing {
  push(notification: NotificationActor): void;
  delete(notification: NotificationActor): boolean;
}
