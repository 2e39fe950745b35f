/** Failure: the error that a caller gets for a procedure that failed. It never has a stack. */
import { InvalidResultError } from '../contract/errors.js';
import { HandlerTimedOutError, messageOf, ReplyTooLargeError } from '../errors.js';
import { ProcedureError } from '../api/procedure-error.js';
import { isErrorCode } from '../wire/error-code.js';
import { encodeErrorReply } from '../wire/error-reply.js';
import type { ErrorReply } from '../wire/error-reply.js';
import { shorten } from '../escape.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** Longer messages are cut, because they are remembered as long as the request. */
const MAX_MESSAGE_LENGTH = 1_024;

export function failureOf(error: unknown): ErrorReply {
  const message = shorten(messageOf(error), MAX_MESSAGE_LENGTH);
  if (error instanceof ProcedureError) return declaredBy(error, message);
  if (error instanceof HandlerTimedOutError) return { code: 'handlerTimedOut', message };
  if (error instanceof ReplyTooLargeError) return { code: 'replyTooLarge', message };
  if (error instanceof InvalidResultError) {
    return { code: 'invalidResult', message, data: [...error.issues] };
  }
  return { code: 'handlerFailed', message };
}

/** Checks again, because a subclass may have replaced the values that the constructor checked. */
function declaredBy(error: ProcedureError, message: string): ErrorReply {
  try {
    const { code, data }: { readonly code: unknown; readonly data: unknown } = error;
    if (typeof code !== 'string' || isErrorCode(code)) return { code: 'handlerFailed', message };
    return data === undefined ? { code, message } : { code, message, data };
  } catch {
    return { code: 'handlerFailed', message };
  }
}

/** The frame of an error. Data that cannot be sent is left out; `onUnsendable` gets the reason. */
export function encodeFailure(
  id: TransactionId,
  reply: ErrorReply,
  onUnsendable: (error: unknown) => void,
  headerMap?: Uint8Array,
): OutboundFrame {
  try {
    return encodeErrorReply(id, reply, headerMap);
  } catch (error) {
    onUnsendable(error);
    const { code, message } = reply;
    return encodeErrorReply(id, { code, message }, headerMap);
  }
}
