/** Calling: asks for a procedure as a client does, and keeps how it was answered. */
import {
  type SocketAddress,
  AddressError,
  formatAddress,
  parseAddress,
} from '../address/address.js';
import { isDrop } from '../wire/drop.js';
import { decodeErrorReply } from '../wire/error-reply.js';
import { readHeaderMap } from '../wire/header-map-reader.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import { encodeRequest } from '../wire/request.js';
import { decodeResponse } from '../wire/response.js';
import { ID_DIGITS } from '../wire/transaction-id.js';
import type { CallEvidence, DescriptionEvidence } from './evidence.js';
import type { Answer, Prober, Question } from './prober.js';
import { rounded } from './rounded.js';

/** Tells what an endpoint is. Endpoints that do not have it refuse it. */
const DESCRIBE = 'rpcudp.describe';
/** Kademlia's procedure that has no effect: it returns the address of its caller. */
export const STUN = 'stun';

/** How long each request is waited for before it is sent again, 3 s in all. */
const PAUSES_MS = [400, 800, 1_800];

/** What is kept of a stranger's text, in characters. */
const MAX_TEXT = 64;
const MAX_FEATURES = 32;

/** A request to be made. */
export interface Asked {
  readonly procedure: string;
  readonly args: readonly unknown[];
}

/**
 * Checks that a call can be made, before anything is asked.
 *
 * @throws UnencodableError, RequestTooLargeError for what cannot be sent.
 */
export function requireSendable({ procedure, args }: Asked): void {
  encodeRequest('0'.repeat(ID_DIGITS), procedure, args);
}

interface Replied {
  readonly evidence: CallEvidence;
  /** Of a response. */
  readonly value?: unknown;
}

/**
 * Calls a procedure, up to three times, with the same id: an endpoint of this package runs it once,
 * an old server perhaps each time.
 */
export async function call(
  prober: Prober,
  to: SocketAddress,
  { procedure, args }: Asked,
): Promise<Replied> {
  const frame = encodeRequest(prober.nextId(), procedure, args);
  const asked: Question[] = [];
  for (const [index, pauseMs] of PAUSES_MS.entries()) {
    const request = challenged(asked, frame) ?? frame;
    const restMs = PAUSES_MS.slice(index).reduce((sum, ms) => sum + ms, 0);
    request.stamp(index + 1, restMs);
    asked.push(prober.ask(request, to));
    // What proves our address is sent at once.
    const isDue = () => request === frame && challenged(asked, frame) !== undefined;
    await prober.until(() => replyTo(asked) !== undefined || isDue(), pauseMs);
    if (replyTo(asked) !== undefined) break;
  }
  return replied(procedure, asked);
}

function replied(procedure: string, asked: readonly Question[]): Replied {
  const reply = replyTo(asked);
  if (reply === undefined) return { evidence: { procedure, sent: asked.length } };
  const { answer, value, code, native } = reply;
  const caller = procedure === STUN ? callerIn(value) : undefined;
  const evidence: CallEvidence = {
    procedure,
    sent: asked.length,
    answer: {
      ...{ type: answer.type, from: answer.from, native },
      ...(code !== undefined && { code }),
      afterMs: rounded(answer.afterMs),
    },
    ...(caller !== undefined && { caller }),
  };
  return { evidence, value };
}

interface Reply {
  readonly answer: Answer;
  readonly native: boolean;
  readonly value?: unknown;
  readonly code?: string;
}

/** The reply from the address that was asked; else one with the right id from another. */
function replyTo(asked: readonly Question[]): Reply | undefined {
  const replies = asked.flatMap(({ answers, to }) =>
    answers.flatMap((answer) => {
      const reply = readReply(answer);
      return reply === undefined ? [] : [{ reply, isFromAsked: answer.from === to }];
    }),
  );
  return (replies.find(({ isFromAsked }) => isFromAsked) ?? replies[0])?.reply;
}

/** A response or an error that can be read. */
function readReply(answer: Answer): Reply | undefined {
  const { type, datagram } = answer;
  if (type === 'response') {
    const body = decodeResponse(datagram);
    if (isDrop(body)) return undefined;
    return { answer, value: body.value, native: readHeaderMap(datagram, body.end) !== undefined };
  }
  if (type !== 'error') return undefined;
  const body = decodeErrorReply(datagram);
  if (isDrop(body)) return undefined;
  const code = body.code.slice(0, MAX_TEXT);
  return { answer, code, native: readHeaderMap(datagram, body.end) !== undefined };
}

/** The request with the token that a challenge from the asked address gave. */
function challenged(asked: readonly Question[], frame: RequestFrame): RequestFrame | undefined {
  for (const { answers, to } of asked) {
    for (const { type, from, datagram } of answers) {
      if (type !== 'challenge' || from !== to) continue;
      const token = readHeaderMap(datagram, CHALLENGE_BODY_END)?.token;
      if (token !== undefined) return frame.withToken(token);
    }
  }
  return undefined;
}

/** A challenge has nil for a body: type, id, and one byte. */
const CHALLENGE_BODY_END = 22;

/** Asks an endpoint what it is. Everything in its answer is from a stranger. */
export async function describeServer(
  prober: Prober,
  to: SocketAddress,
): Promise<DescriptionEvidence> {
  const { evidence, value } = await call(prober, to, { procedure: DESCRIBE, args: [] });
  const { answer } = evidence;
  if (answer?.from !== formatAddress(to)) return { state: 'silent' };
  if (answer.type === 'error') {
    return { state: 'refused', ...(answer.code !== undefined && { code: answer.code }) };
  }
  const told = typeof value === 'object' && value !== null ? value : {};
  const { version, features, caller } = told as Readonly<Record<string, unknown>>;
  const seenAs = callerIn(caller);
  return {
    state: 'told',
    ...(typeof version === 'string' && { version: version.slice(0, MAX_TEXT) }),
    ...(Array.isArray(features) && { features: textsIn(features) }),
    ...(seenAs !== undefined && { caller: seenAs }),
  };
}

function textsIn(list: readonly unknown[]): string[] {
  return list
    .slice(0, MAX_FEATURES)
    .flatMap((one) => (typeof one === 'string' ? [one.slice(0, MAX_TEXT)] : []));
}

/** An address as `host:port`, or as Python's pair of host and port; undefined if it is none. */
function callerIn(value: unknown): string | undefined {
  try {
    const [host, port] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    const input = Array.isArray(value) ? { host, port } : value;
    const address = parseAddress(input as string);
    return address.kind === 'name' ? undefined : formatAddress(address);
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}
