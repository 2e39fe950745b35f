/** Headers error: the peer of a call is an old one, which reads no headers. */
import { shareAmongCopies } from '../copies/shared-class.js';

/**
 * The peer is not an rpcudp endpoint, so it would run the call without seeing its headers. The call
 * was not sent.
 */
export class HeadersNotSupportedError extends Error {
  static {
    shareAmongCopies('HeadersNotSupportedError', this);
  }

  override readonly name = 'HeadersNotSupportedError';
  readonly code = 'ERR_RPCUDP_HEADERS_NOT_SUPPORTED';
  /** The address of the peer. */
  readonly peer: string;

  constructor(peer: string) {
    super(
      `The peer ${peer} is not an rpcudp endpoint, so it would not see the headers of the call`,
    );
    this.peer = peer;
  }
}
