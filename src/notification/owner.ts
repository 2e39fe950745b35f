/** Notified peer: the interface of a peer for its notifications. */
import type { AnyActorRef } from 'xstate';
import type { WaitingOwner } from '../engine/sender.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { TransactionId } from '../wire/transaction-id.js';

/** The members of a peer that its outlet uses. */
export interface NotifiedPeer {
  readonly ref: AnyActorRef;
  /** The canonical address, or `name:port` while the host name is being looked up. */
  readonly address: string;
  /** Whether its address is known. */
  readonly located: boolean;
  /** Whether it is an rpcudp endpoint that was heard since a call or probe to it was lost. */
  readonly takesBundles: boolean;
  /** Whether its last answer came from an rpcudp endpoint; undefined if it has not answered. */
  readonly knownNative: boolean | undefined;
  /** When a datagram of the peer was last understood. */
  readonly heardAtMs: number | undefined;
  /** How many calls may be in flight to it at present. */
  readonly windowLimit: number;
  /** The bytes that a frame takes on its way: more if it does not share its datagram. */
  costOf(frame: OutboundFrame): number;

  /** Asks for the address of the peer's host name. */
  lookUp(): void;
  /** Sends a frame, with others of this turn if the peer takes bundles. */
  depart(frame: OutboundFrame, owner: WaitingOwner): void;
  /** Sends a probe in its own datagram, after all frames that wait. */
  ask(id: TransactionId): void;

  /** An old peer answered a notification `rttMs` after it was sent, as it answers a call. */
  measured(rttMs: number, nowMs: number): void;
  /** No answer came within `waitedMs` to what was sent at `sentAtMs`. */
  unanswered(waitedMs: number, sentAtMs: number): void;
  /** Several in a row were not answered: nothing is heard from the peer. */
  silentSince(sentAtMs: number): void;

  /** It keeps its place in the table of peers until `unused`. */
  used(): void;
  unused(): void;
}
