/**
 * RPC conventions: names and values of OpenTelemetry's semantic conventions for RPC, version 1.45.0
 * (https://opentelemetry.io/docs/specs/semconv/rpc/, stable), as far as rpcudp has something to say.
 */
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';
import { parseAddress } from '../address/address.js';
import { OTHER_PROCEDURES } from '../api/latencies.js';
import type { Outcome } from '../api/outcome.js';
import { REQUEST_ENDINGS } from '../api/request-ending.js';
import type { RequestEnding } from '../api/request-ending.js';
import { HandlerTimedOutError } from '../errors.js';
import { shorten } from '../escape.js';
import { isErrorCode } from '../wire/error-code.js';

export type Attributes = Readonly<Record<string, string | number>>;

export const CLIENT_DURATION = {
  name: 'rpc.client.call.duration',
  description: 'Measures the duration of an outgoing Remote Procedure Call (RPC).',
};
export const SERVER_DURATION = {
  name: 'rpc.server.call.duration',
  description: 'Measures the duration of an incoming Remote Procedure Call (RPC).',
};
/** Of both histograms: the unit, and the bounds that the conventions advise. */
export const DURATION_OPTIONS = {
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      ...[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    ],
  },
};

export const ERROR_TYPE = 'error.type';
export const STATUS_CODE = 'rpc.status_code';
const SYSTEM = { 'rpc.system.name': 'rpcudp' };
const METHOD = 'rpc.method';
/** For a method, or an error, that has no name of its own. */
const OTHER = '_OTHER';

/** A peer may send a code as long as a datagram. */
const MAX_CODE_LENGTH = 64;

/** What a span of a call says from its start. */
export function attributesOfCall({ procedure, peer }: CallMessage): Attributes {
  const { host, port } = parseAddress(peer);
  return {
    ...{ ...SYSTEM, [METHOD]: procedure, 'network.transport': 'udp' },
    ...{ 'server.address': host, 'server.port': port },
  };
}

/** What a span of a request says from its start. */
export function attributesOfRequest({ procedure, peer }: HandlerMessage): Attributes {
  const { host, port } = parseAddress(peer);
  return {
    ...{ ...SYSTEM, [METHOD]: procedure, 'network.transport': 'udp' },
    ...{ 'network.peer.address': host, 'network.peer.port': port },
  };
}

/** What is measured of a call. The peer is left out: there may be ten thousand of them. */
export function attributesOfOutcome(procedure: string, outcome: Outcome): Attributes {
  const known = { ...SYSTEM, [METHOD]: procedure === OTHER_PROCEDURES ? OTHER : procedure };
  if (outcome.state === 'resolved') return known;
  const type = errorTypeOf(outcome);
  return outcome.state === 'rejected'
    ? { ...known, [ERROR_TYPE]: type, [STATUS_CODE]: type }
    : { ...known, [ERROR_TYPE]: type };
}

/** Why a call failed, in one of a few words: the code of the endpoint, or else its state. */
export function errorTypeOf(outcome: Exclude<Outcome, { state: 'resolved' }>): string {
  if (outcome.state !== 'rejected') return outcome.state;
  // Any other code was chosen by the peer, which may choose as many as it likes.
  return isErrorCode(outcome.error.code) ? outcome.error.code : OTHER;
}

/** The code with which the peer answered, for a span; undefined if it did not answer with one. */
export function statusCodeOf(outcome: Outcome): string | undefined {
  return outcome.state === 'rejected' ? shorten(outcome.error.code, MAX_CODE_LENGTH) : undefined;
}

/** What is measured of a request; undefined if it is not one of its own, but a repetition. */
export function attributesOfEnding(
  procedure: string | undefined,
  ending: RequestEnding,
): Attributes | undefined {
  if (REQUEST_ENDINGS[ending].of === 'repetition') return undefined;
  const known = { ...SYSTEM, [METHOD]: procedure ?? OTHER };
  return hasFailed(ending) ? { ...known, [ERROR_TYPE]: ending } : known;
}

/** That its caller cancelled it is not a mistake of the server. */
function hasFailed(ending: RequestEnding): boolean {
  return ending !== 'replied' && ending !== 'finished' && ending !== 'cancelled';
}

/** Why a procedure failed, as the ending of its request says it. */
export function endingOfError(error: unknown): RequestEnding {
  return error instanceof HandlerTimedOutError ? 'timedOut' : 'failed';
}
