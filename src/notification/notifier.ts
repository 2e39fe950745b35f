/** Notifier: checks and makes the notifications of an endpoint. Throws for mistakes in one. */
import type { NotifyOptions } from '../api/notify-options.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import { TransactionIds } from '../call/transaction-ids.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidArgumentsError } from '../contract/errors.js';
import type { Engine } from '../engine/engine.js';
import type { Turn } from '../time/turn.js';
import { encodeRequestBody, notificationFrame } from '../wire/request.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { NotificationHome } from './home.js';
import type { NotificationLedger } from './ledger.js';
import { NotificationActor } from './notification.js';
import { checkNotifyOptions } from './options.js';
import type { NotifiablePeer, OutletKit, OutletLimits } from './outlet.js';

/** A notification that was checked and encoded, for one peer or for many. */
export interface Message {
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly body: string;
  readonly latest: string | number | undefined;
}

/**
 * Checks and encodes a notification.
 *
 * @throws OptionError, InvalidArgumentsError, UnencodableError, RequestTooLargeError.
 */
export function encodeMessage(
  procedure: string,
  args: readonly unknown[],
  options: NotifyOptions | undefined,
  contracted: ContractedProcedure | undefined,
): Message {
  const { latest } = checkNotifyOptions(options);
  const issues = contracted?.checkArguments(args);
  if (issues !== undefined) throw new InvalidArgumentsError(procedure, issues);
  const body = encodeRequestBody(procedure, args, contracted?.maxBytes);
  return { procedure, args, body, latest };
}

/** What says whether an endpoint may still notify. */
interface Opening {
  /** Throws an EndpointClosedError if what belongs to this request is over. */
  requireOpen(parent: ParentRequest | undefined): void;
}

export class Notifier implements OutletKit {
  readonly turn: Turn;
  readonly limits: OutletLimits;
  readonly firstRoundTrips: FirstRoundTrips;
  readonly #engine: Engine;
  readonly #ledger: NotificationLedger;
  readonly #opening: Opening;
  /** Made for the first notification, because most endpoints notify nobody. */
  #home: NotificationHome | undefined;
  #ids: TransactionIds | undefined;

  constructor(
    engine: Engine,
    ledger: NotificationLedger,
    turn: Turn,
    limits: OutletLimits,
    firstRoundTrips: FirstRoundTrips,
    opening: Opening,
  ) {
    this.#engine = engine;
    this.#ledger = ledger;
    this.turn = turn;
    this.limits = limits;
    this.firstRoundTrips = firstRoundTrips;
    this.#opening = opening;
  }

  get home(): NotificationHome {
    return (this.#home ??= { ...this.#engine, ledger: this.#ledger });
  }

  nextId(): TransactionId {
    return (this.#ids ??= new TransactionIds(this.#engine.random)).next();
  }

  /**
   * Notifies a peer. The message is sent now, at the end of this turn, or never.
   *
   * @throws EndpointClosedError
   */
  notify(
    peer: NotifiablePeer,
    message: Message,
    parent: ParentRequest | undefined,
  ): NotificationActor {
    const notification = this.#make(peer, message, parent);
    peer.outlet.put(notification);
    return notification;
  }

  /** Makes a notification that is dropped at once, because there is no place for its peer. */
  refuse(
    peer: NotifiablePeer,
    message: Message,
    parent: ParentRequest | undefined,
    error: Error,
  ): NotificationActor {
    const notification = this.#make(peer, message, parent);
    notification.drop('refused', error);
    return notification;
  }

  #make(
    { ref, address }: NotifiablePeer,
    { procedure, args, body, latest }: Message,
    parent: ParentRequest | undefined,
  ): NotificationActor {
    this.#opening.requireOpen(parent);
    const transactionId = this.nextId();
    const frame = notificationFrame(transactionId, body);
    const input = { procedure, args, peer: address, transactionId, latest };
    return new NotificationActor(ref, this.home, input, frame, parent);
  }
}
