/**
 * Handler machine: the state chart of one inbound transaction.
 *
 * ```text
 * received ─▶ running ─▶ replied ■      replied    the procedure gave its result
 *     │          ├─────▶ finished ■     finished   that of a notification ended: nobody gets it
 *     │          ├─────▶ failed ■       failed     it threw, or did not end in time
 *     │          └─────▶ abandoned ■    abandoned  the endpoint closed and did not wait for it
 *     └▶ refused ■                      refused    not run
 * ```
 *
 * A repetition of the request does not change the state. In `running` it is counted. After the end
 * there is no actor any more, and the memory of replies answers repetitions (reply-memory.ts). So a
 * procedure runs at most once for each transaction id, until the id is forgotten.
 *
 * A cancel does not change the state either. The procedure's signal aborts, and the handler waits
 * for its end, but sends no reply.
 */
import { setup } from 'xstate';
import { assigner } from '../actor/assigner.js';
import type { CallHeaders } from '../wire/headers.js';
import type { NotRunCode } from '../wire/error-code.js';

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The input of a handler. Times are monotonic milliseconds. */
export interface HandlerInput {
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly peer: string;
  readonly transactionId: string;
  readonly receivedAtMs: number;
  /** Which transmission of the request this is, from 1. It is 1 if the sender does not say so. */
  readonly attempt: number;
  /** The caller's headers. */
  readonly headers: CallHeaders | undefined;
  /** Whether it is a notification: nothing is sent back. */
  readonly oneWay: boolean;
}

export interface HandlerContext {
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly peer: string;
  readonly transactionId: string;
  readonly receivedAtMs: number;
  readonly attempt: number;
  readonly oneWay: boolean;
  readonly refusal: NotRunCode | undefined;
  readonly replyBytes: number | undefined;
  /** Why the procedure failed. The message is limited in length. */
  readonly failure: Failure | undefined;
  readonly cancelled: boolean;
  /** How many times the request arrived again while it was running. */
  readonly duplicates: number;
  /** Milliseconds from the request's arrival to the procedure's end. */
  readonly durationMs: number | undefined;
  /** The caller's headers; undefined if there are none. */
  readonly headers: CallHeaders | undefined;
}

type Refuse = { readonly type: 'refused'; readonly refusal: NotRunCode };
type Started = { readonly type: 'started' };
type Replied = { readonly type: 'replied'; readonly replyBytes: number; readonly atMs: number };
type Finished = { readonly type: 'finished'; readonly atMs: number };
type Failed = {
  readonly type: 'failed';
  /** The value that was thrown. Only observers see it; it is not kept. */
  readonly error: unknown;
  readonly failure: Failure;
  readonly replyBytes: number | undefined;
  readonly atMs: number;
};
type Cancelled = { readonly type: 'cancelled' };
type Duplicated = { readonly type: 'duplicated' };
type Abandoned = { readonly type: 'abandoned' };

export type HandlerEvent =
  Refuse | Started | Replied | Finished | Failed | Cancelled | Duplicated | Abandoned;

const assignFrom = assigner<HandlerContext, HandlerEvent>();

const actions = {
  noteRefusal: assignFrom<Refuse>((context, event) => {
    context.refusal = event.refusal;
  }),
  noteReply: assignFrom<Replied>((context, event) => {
    context.replyBytes = event.replyBytes;
    context.durationMs = event.atMs - context.receivedAtMs;
  }),
  noteFinish: assignFrom<Finished>((context, event) => {
    context.durationMs = event.atMs - context.receivedAtMs;
  }),
  noteFailure: assignFrom<Failed>((context, event) => {
    context.failure = event.failure;
    context.replyBytes = event.replyBytes;
    context.durationMs = event.atMs - context.receivedAtMs;
  }),
  noteCancel: assignFrom<Cancelled>((context) => {
    context.cancelled = true;
  }),
  countDuplicate: assignFrom<Duplicated>((context) => {
    context.duplicates += 1;
  }),
};

export const handlerMachine = setup({
  types: {
    input: {} as HandlerInput,
    context: {} as HandlerContext,
    events: {} as HandlerEvent,
  },
  actions,
}).createMachine({
  id: 'handler',
  description: 'One inbound request: runs its procedure at most once.',
  // Written out instead of spread: this runs for every request, and it is several times faster. All
  // have the same members, so that the engine knows their shape.
  context: ({ input }) => ({
    procedure: input.procedure,
    args: input.args,
    peer: input.peer,
    transactionId: input.transactionId,
    receivedAtMs: input.receivedAtMs,
    attempt: input.attempt,
    oneWay: input.oneWay,
    headers: input.headers,
    refusal: undefined,
    replyBytes: undefined,
    failure: undefined,
    cancelled: false,
    duplicates: 0,
    durationMs: undefined,
  }),
  initial: 'received',
  states: {
    received: {
      description: 'The request is understood.',
      on: {
        started: { target: 'running' },
        refused: { target: 'refused', actions: 'noteRefusal' },
      },
    },
    running: {
      description: 'The procedure runs.',
      on: {
        replied: { target: 'replied', actions: 'noteReply' },
        finished: { target: 'finished', actions: 'noteFinish' },
        failed: { target: 'failed', actions: 'noteFailure' },
        cancelled: { actions: 'noteCancel' },
        duplicated: { actions: 'countDuplicate' },
        abandoned: { target: 'abandoned' },
      },
    },
    replied: { type: 'final', description: 'The procedure gave its result.' },
    finished: { type: 'final', description: 'The procedure of a notification ended.' },
    failed: { type: 'final', description: 'The procedure threw, or did not end in time.' },
    abandoned: { type: 'final', description: 'The endpoint closed and did not wait for its end.' },
    refused: { type: 'final', description: 'The procedure was not run.' },
  },
});

export type HandlerMachine = typeof handlerMachine;
