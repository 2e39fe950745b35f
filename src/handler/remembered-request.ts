/** Remembered request: a request that has ended, and the answer to its repetitions. */
import type { SettledRequest } from '../api/endpoint-report.js';
import type { NotRunCode } from '../wire/error-code.js';
import { encodeErrorReply } from '../wire/error-reply.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { KnownRequest } from './known-request.js';
import type { HandlerOwner, RepliedTo } from './owner.js';

export interface Remembered {
  readonly owner: HandlerOwner;
  readonly native: boolean;
  readonly digest: number;
  readonly settled: SettledRequest;
  /** The reply; undefined if there was none, or if there was no room to keep it. */
  readonly reply: OutboundFrame | undefined;
  /** Why the procedure was not run; undefined if it was. */
  readonly refusal: NotRunCode | undefined;
}

export class RememberedRequest implements KnownRequest, RepliedTo {
  readonly #remembered: Remembered;

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
  }

  get digest(): number {
    return this.#remembered.digest;
  }

  get settled(): SettledRequest {
    return this.#remembered.settled;
  }

  get transactionId(): string {
    return this.settled.transactionId;
  }

  get native(): boolean {
    return this.#remembered.native;
  }

  repeat(): 'replayed' | 'duplicate' {
    const { owner, native, reply } = this.#remembered;
    if (reply !== undefined) {
      owner.replies.sendAgain(reply, this);
      return 'replayed';
    }
    if (native) owner.replies.sendAgain(this.#whyNoReply(), this);
    return 'duplicate';
  }

  #whyNoReply(): OutboundFrame {
    const { refusal } = this.#remembered;
    if (refusal !== undefined) {
      const message = 'The request was refused before';
      return encodeErrorReply(this.transactionId, { code: refusal, message });
    }
    const message = 'The procedure was run, but its reply is not remembered any more';
    return encodeErrorReply(this.transactionId, { code: 'replyForgotten', message });
  }
}
