/**
 * Makes the records of handlers: one when a request arrives or its handler is found, and one for
 * each step of the handler.
 */
import type { AnyEventObject } from 'xstate';
import type { Handler } from '../../handler/handler.js';
import type { Transaction } from '../../legible/transaction.js';
import { isDrop } from '../../wire/drop.js';
import { readHeaderMap } from '../../wire/header-map-reader.js';
import { decodeResponse } from '../../wire/response.js';
import type { Failure } from './failures.js';
import type { ActorRecords } from './follower.js';
import type { RecordOf } from '../record.js';
import { shownName } from './procedure-name.js';
import { RecordMaker } from './record-maker.js';

export class HandlerRecords extends RecordMaker implements ActorRecords<Handler> {
  transactionOf({ context, frame }: Handler): Transaction {
    return this.masking.transaction(context.procedure, frame.datagram);
  }

  made({ context, frame, number, transactionId }: Handler, transaction: Transaction): void {
    const { peer, procedure, attempt, oneWay, receivedAtMs } = context;
    this.datagrams.show(transactionId, transaction);
    this.emit(
      {
        type: 'handler',
        actor: number,
        transactionId,
        peer,
        procedure: shownName(procedure),
        args: this.masking.args(context.args, procedure, transaction),
        headers: this.masking.headers(context.headers, procedure, transaction),
        attempt,
        ...(oneWay && { oneWay }),
      },
      receivedAtMs,
    );
    this.datagrams.remade(frame.datagram, 'in', peer, receivedAtMs);
  }

  past({ context, number, state, transactionId }: Handler): void {
    if (state === 'received' || state === 'refused') return;
    const step = { type: 'step', actor: number, event: 'started', state: 'running' } as const;
    this.emit({ ...step, final: false }, context.receivedAtMs);
    // For a failure, the reply was sent before the step was reported.
    this.datagrams.tellUnshown(transactionId);
  }

  failureOf({ context, state }: Handler): Failure | undefined {
    if (state !== 'failed' && state !== 'refused' && state !== 'abandoned') return undefined;
    const { peer, procedure, failure, refusal } = context;
    const reason = refusal ?? failure?.code ?? '';
    return { of: 'handler', procedure, peer, state, reason };
  }

  failsWith({ done }: Handler): boolean {
    return done;
  }

  stepped(handler: Handler, event: AnyEventObject, transaction: Transaction): void {
    const { context, number, state, done } = handler;
    const { durationMs, procedure, refusal } = context;
    const step = { type: 'step', actor: number, event: event.type, state, final: done } as const;
    const nowMs = this.clock.nowMs();
    if (state === 'replied') {
      const value = this.#valueReplied(handler, transaction);
      const headers = this.#headersReplied(handler, transaction);
      this.emit({ ...step, durationMs, value, headers }, nowMs);
    } else if (state === 'failed') {
      const { error } = event as { error?: unknown };
      const shown = this.masking.error(error, procedure, transaction);
      const headers = this.#headersReplied(handler, transaction);
      this.emit({ ...step, durationMs, error: shown, headers }, nowMs);
    } else this.emit({ ...step, because: refusal }, nowMs);
  }

  /** A handler does not keep the value, only the frame of its reply. */
  #valueReplied({ reply, context }: Handler, transaction: Transaction): unknown {
    const body = reply === undefined ? undefined : decodeResponse(reply.toDatagram());
    if (body === undefined || isDrop(body)) return undefined;
    return this.masking.value(body.value, context.procedure, transaction);
  }

  #headersReplied(
    { reply, context }: Handler,
    transaction: Transaction,
  ): RecordOf<'step'>['headers'] {
    if (reply === undefined) return undefined;
    const headers = readHeaderMap(Buffer.from(reply.headerMap), 0)?.headers;
    return this.masking.replyHeaders(headers, context.procedure, transaction);
  }
}
