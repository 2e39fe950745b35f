/** Send queue full error: a datagram was refused because too many wait for the kernel. */
import { shareAmongCopies } from '../copies/shared-class.js';

/** libuv queues what the kernel does not accept yet, without any limit, so this one is set. */
export const MAX_SEND_QUEUE_BYTES = 1024 * 1024;

/** The kernel accepts no more, and 1 MiB is already waiting. The datagram was not sent. */
export class SendQueueFullError extends Error {
  static {
    shareAmongCopies('SendQueueFullError', this);
  }

  override readonly name = 'SendQueueFullError';
  readonly code = 'ERR_RPCUDP_SEND_QUEUE_FULL';

  constructor(queuedBytes: number, datagramBytes: number) {
    super(
      `The send queue holds ${queuedBytes} bytes; a datagram of ${datagramBytes} bytes would ` +
        `exceed its limit of ${MAX_SEND_QUEUE_BYTES} bytes`,
    );
  }
}
