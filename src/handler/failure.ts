/** What a caller is told of a procedure that failed: enough to act on, and never a stack. */
import { asError, HandlerTimedOutError, ReplyTooLargeError } from '../errors.js';
import { ProcedureError } from '../procedure-error.js';
import { encodeErrorReply } from '../wire/error-reply.js';
import type { ErrorReply } from '../wire/error-reply.js';
import type { TransactionId } from '../wire/frame.js';

/** The error as it goes to the caller. */
export function failureOf(error: unknown): ErrorReply {
  if (error instanceof ProcedureError) {
    const { code, message, data } = error;
    return data === undefined ? { code, message } : { code, message, data };
  }
  const { message } = asError(error);
  if (error instanceof HandlerTimedOutError) return { code: 'handlerTimedOut', message };
  if (error instanceof ReplyTooLargeError) return { code: 'replyTooLarge', message };
  return { code: 'handlerFailed', message };
}

/** The datagram of an error; without its data when that cannot be sent, which `onUnsendable` hears of. */
export function encodeFailure(
  id: TransactionId,
  reply: ErrorReply,
  onUnsendable: (error: unknown) => void,
): Buffer {
  try {
    return encodeErrorReply(id, reply);
  } catch (error) {
    onUnsendable(error);
    const { code, message } = reply;
    return encodeErrorReply(id, { code, message });
  }
}
