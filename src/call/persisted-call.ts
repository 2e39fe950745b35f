/**
 * Persisted call: what a later process needs to go on with a call: plain data that survives JSON.
 * It is read back from a file that may be old, damaged, or written by another program.
 */
import type { CallContext } from '../api/call-snapshot.js';
import { quote } from '../errors.js';
import { RestoreError } from '../api/restore-error.js';
import type { Clock } from '../time/clock.js';
import { wallMsAt } from '../time/moment.js';
import type { Moment } from '../time/moment.js';
import { MAX_TIMER_DELAY_MS } from '../time/clock.js';
import { integer, milliseconds, tested } from '../option-table.js';
import type { OptionRow, OptionTable } from '../option-table.js';
import type { CallHeaders } from '../wire/headers.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { isTransactionId } from '../wire/transaction-id.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { CALL_OPTIONS } from './options.js';
import { headersText, readHeadersText } from './headers-text.js';
import { readRequestText, requestText, requestTextOf } from './request-text.js';

/** A call as it is persisted. Times are the time of day, in milliseconds since 1970. */
export interface PersistedCall {
  readonly procedure: string;
  /** Procedure and arguments as MessagePack in base64: the bytes that were sent. */
  readonly request: string;
  readonly transactionId: TransactionId;
  /** The address that was asked, or a host name that had not been looked up. */
  readonly peer: string;
  /** Whether the peer was an rpcudp endpoint; undefined if it had not answered any call. */
  readonly native?: boolean | undefined;
  /** The local address that the peer knows the request by. */
  readonly local: string;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** When it was first sent. If it waited still: when it was persisted, which is before that. */
  readonly sentMs: number;
  readonly attempts: number;
  /** The option `attempts` of the call. */
  readonly maxAttempts?: number | undefined;
  readonly traceparent?: string | undefined;
  /** Its headers as MessagePack in base64. */
  readonly headers?: string | undefined;
}

/** Anything within the range of a Date. */
const timeOfDay = tested(
  undefined,
  'must be a time in milliseconds since 1970',
  (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15,
);
const text = tested(undefined, 'must be text', (value) => typeof value === 'string');

const MEMBERS = {
  procedure: text,
  request: text,
  transactionId: tested(undefined, 'must be 40 hexadecimal digits', isTransactionId),
  peer: text,
  native: tested(undefined, 'must be true or false', (value) => typeof value === 'boolean'),
  local: text,
  timeoutMs: milliseconds(undefined, MAX_TIMER_DELAY_MS),
  deadlineMs: timeOfDay,
  sentMs: timeOfDay,
  attempts: integer(undefined, 0, Number.MAX_SAFE_INTEGER),
  maxAttempts: CALL_OPTIONS.attempts,
  traceparent: CALL_OPTIONS.traceparent,
  headers: text,
} satisfies OptionTable<PersistedCall>;

const OPTIONAL: ReadonlySet<string> = new Set<keyof PersistedCall>([
  ...(['native', 'maxAttempts', 'traceparent', 'headers'] as const),
]);

/** The members of a call that are persisted. */
export interface Persistable {
  readonly context: CallContext;
  readonly deadlineMs: number;
  /** A moment shortly before it was first sent; undefined before that. */
  readonly sentNear: Moment | undefined;
  readonly frame: OutboundFrame | undefined;
  readonly peer: { readonly knownNative: boolean | undefined };
  readonly request: { readonly options: { readonly traceparent?: string | undefined } } | undefined;
}

/** @param local the endpoint's own address */
export function persistedCall(call: Persistable, local: string, clock: Clock): PersistedCall {
  const { context, frame, peer, sentNear } = call;
  const { procedure, args, transactionId, timeoutMs, attempt, maxAttempts } = context;
  const wallMs = clock.wallMs();
  const traceparent = call.request?.options.traceparent;
  return {
    procedure,
    request: frame === undefined ? requestTextOf(procedure, args) : requestText(frame.body),
    transactionId,
    peer: context.peer,
    native: peer.knownNative,
    local,
    timeoutMs,
    deadlineMs: wallMs + call.deadlineMs - clock.nowMs(),
    sentMs: sentNear === undefined ? wallMs : wallMsAt(sentNear, context.sentAtMs ?? sentNear.atMs),
    attempts: attempt,
    maxAttempts,
    traceparent,
    headers: headersText(context.headers),
  };
}

/** A persisted call that was read back, with what its request holds. */
export interface ReadCall extends Omit<PersistedCall, 'headers'> {
  readonly args: readonly unknown[];
  readonly headers: CallHeaders | undefined;
  /** The body of its request, as `OutboundFrame` keeps it. */
  readonly body: string;
}

/**
 * Reads a persisted call of this procedure.
 *
 * @throws RestoreError that names what is wrong.
 */
export function readPersistedCall(persisted: unknown, procedure: string): ReadCall {
  if (typeof persisted !== 'object' || persisted === null) {
    throw RestoreError.ofDamage(procedure, 'it has no call');
  }
  const members = persisted as Readonly<Record<string, unknown>>;
  for (const [name, { problem }] of Object.entries<OptionRow<unknown>>(MEMBERS)) {
    const value = members[name];
    if (value === undefined && OPTIONAL.has(name)) continue;
    const found = problem(value);
    if (found !== undefined) throw RestoreError.ofDamage(procedure, `its ${name} ${found}`);
  }
  const call = persisted as PersistedCall;
  const request = readRequestText(call.request);
  if (request?.procedure !== call.procedure) {
    throw RestoreError.ofDamage(procedure, 'its request is not what was written');
  }
  if (call.procedure !== procedure) {
    throw RestoreError.ofDamage(procedure, `it is a call of ${quote(call.procedure)}`);
  }
  const headers = call.headers === undefined ? undefined : readHeadersText(call.headers);
  if (call.headers !== undefined && headers === undefined) {
    throw RestoreError.ofDamage(procedure, 'its headers are not what was written');
  }
  return { ...call, ...request, headers };
}
