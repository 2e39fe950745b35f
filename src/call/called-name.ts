/** Called name: the interface of a host name for the calls that are made by it. */
import type { Hearers } from '../actor/listeners.js';
import type { CallReport } from '../api/call-report.js';
import type { Outcome } from '../api/outcome.js';
import type { CallOwner } from './owner.js';

export interface CalledName<TCall> {
  /** The listeners to the calls that are made by this name. */
  readonly reports: Hearers<CallReport>;

  /**
   * The system refused the request of a call, of which so nothing left this machine. If the error
   * says that the peer cannot be reached, the call goes to another address of the name, and this
   * gives true.
   */
  reroute(call: TCall, error: Error): boolean;

  /** The request of a call that may run more than once is repeated. It goes to the peer of now. */
  lead(call: TCall): void;

  /** The peer at this address, if the call was sent to it before it moved. */
  peerBefore(call: TCall, host: string, port: number): CallOwner<TCall> | undefined;

  /** A call has its outcome, from which the name learns whether its address is still right. */
  settled(call: TCall, outcome: Outcome): void;
}
