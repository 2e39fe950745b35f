/**
 * Many records: a recording of four endpoints that call each other, and of ten thousand peers that
 * one of them knows. One peer is silent, and half of what goes to `store` is lost.
 */
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import {
  callRecord,
  datagramRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  peerRecord,
  START_MS,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

/** With the endpoints, which are peers of each other, nearly as many as the page keeps. */
export const PEERS = 9_990;
export const SILENT = '10.0.255.255:1';

/** The names of the endpoints, which are their keys, too, and their ports. */
const PORTS = { gateway: 1001, search: 1002, store: 1003, worker: 1004 } as const;

type Name = keyof typeof PORTS;

/** Who calls whom, and how often each request is sent. */
const ROUTES: readonly { from: Name; to: Name; procedure: string; attempts: number }[] = [
  { from: 'gateway', to: 'search', procedure: 'find', attempts: 1 },
  { from: 'gateway', to: 'store', procedure: 'put', attempts: 2 },
  { from: 'worker', to: 'store', procedure: 'take', attempts: 2 },
];
const CALLS_A_ROUTE = 30;
const PERIOD_MS = 20;

function addressOf(name: Name): string {
  return `127.0.0.1:${PORTS[name]}`;
}

export function manyRecords(): InspectionRecord[] {
  const names = Object.keys(PORTS) as Name[];
  const endpoints = names.map((endpoint) =>
    endpointRecord({ endpoint, address: addressOf(endpoint) }),
  );
  const peers = Array.from({ length: PEERS - 1 }, (_, n) => {
    // Their addresses and round trips are not in the same order.
    const number = (n * 7_919) % (PEERS - 1);
    const peer = `10.0.${number >> 8}.${number & 255}:1`;
    return peerRecord({ endpoint: 'gateway', peer, roundTripMs: 1 + n / 100 });
  });
  const silent = peerRecord({ endpoint: 'gateway', peer: SILENT, health: 'silent' });
  const calls = ROUTES.flatMap((route, index) =>
    Array.from({ length: CALLS_A_ROUTE }, (_, n) =>
      callRecords(route, 1_000 * index + n, START_MS + n * PERIOD_MS + index),
    ).flat(),
  );
  calls.sort((a, b) => a.atMs - b.atMs);
  return [...endpoints, ...peers, silent, ...calls];
}

function callRecords(
  route: (typeof ROUTES)[number],
  actor: number,
  atMs: number,
): InspectionRecord[] {
  const { from, to, procedure, attempts } = route;
  const about = { transactionId: transactionIdOf(actor + 1) };
  const common = { endpoint: from, actor };
  const sent = Array.from({ length: attempts }, (_, n) =>
    datagram(from, 'out', addressOf(to), atMs + 3 * n, { type: 'request', base64: `AA=${n}` }),
  );
  const last = atMs + 3 * (attempts - 1);
  return [
    callRecord({ ...common, ...about, atMs, peer: addressOf(to), procedure }),
    stepRecord({ ...common, atMs, attempt: attempts, state: 'awaiting' }),
    ...sent,
    handlerRecord({
      endpoint: to,
      actor,
      ...about,
      atMs: last + 2,
      peer: addressOf(from),
      procedure,
    }),
    datagram(to, 'in', addressOf(from), last + 2, {
      type: 'request',
      base64: `AA=${attempts - 1}`,
      fate: 'request.run',
    }),
    datagram(to, 'out', addressOf(from), last + 4, { type: 'response', base64: 'Ag==' }),
    datagram(from, 'in', addressOf(to), last + 6, {
      type: 'response',
      base64: 'Ag==',
      fate: 'response.matched',
    }),
    finalStep({
      ...common,
      atMs: last + 6,
      attempt: attempts,
      outcome: { state: 'resolved', rttMs: 6, attempts },
    }),
  ];

  function datagram(
    endpoint: Name,
    direction: 'in' | 'out',
    peer: string,
    sentAtMs: number,
    frame: Omit<RecordOf<'datagram'>['frames'][number], 'transactionId'>,
  ): InspectionRecord {
    return datagramRecord({
      endpoint,
      direction,
      peer,
      atMs: sentAtMs,
      frames: [{ ...frame, ...about }],
    });
  }
}
