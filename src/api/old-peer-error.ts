/** Old peer error: the peer of a call does not read what the call has. */
import { shareAmongCopies } from '../copies/shared-class.js';

/**
 * The peer is not an rpcudp endpoint, so it would run the call without seeing its headers. The call
 * was not sent.
 */
export class OldPeerError extends Error {
  static {
    shareAmongCopies('OldPeerError', this);
  }

  override readonly name = 'OldPeerError';
  readonly code = 'ERR_RPCUDP_OLD_PEER';
  /** The address of the peer. */
  readonly peer: string;

  constructor(peer: string) {
    super(
      `The peer ${peer} is not an rpcudp endpoint, so it would not see the headers of the call`,
    );
    this.peer = peer;
  }
}
