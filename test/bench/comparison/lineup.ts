/** Lineup: the contestants, in the order of the table. */
import type { EndpointOptions } from 'rpcudp';
import { connectCoap, serveCoap } from './contestants/coap.js';
import type { Contestant } from './contestants/contestant.js';
import { connectDhtRpc, serveDhtRpc } from './contestants/dht-rpc.js';
import { connectGrpc, serveGrpc } from './contestants/grpc.js';
import { connectKrpc, serveKrpc } from './contestants/k-rpc-socket.js';
import { connectRaw, serveRaw } from './contestants/raw.js';
import {
  connectInContext,
  connectInspected,
  connectMeasured,
  connectRpcudp,
  connectWithHeader,
  serveMeasured,
  serveRpcudp,
} from './contestants/rpcudp.js';

export interface Entry {
  /** Its name on the command line. */
  readonly key: string;
  /** Its name in the table. */
  readonly name: string;
  /** Absent when Node.js does not run it. */
  readonly contestant?: Contestant;
  /** What it loads of `rpcudp`, if anything. Only with this can two builds be compared. */
  readonly loads?: readonly string[];
  /** The least length of its turns, when a part of its work comes later. */
  readonly turnMs?: number;
  /** Its package in `test/bench/peers`. */
  readonly package?: string;
  /** How it is configured, where that is not obvious. */
  readonly note?: string;
}

/** The contestant that all others are compared with. */
export const YARDSTICK = 'raw';

/** The contestant that needs Python. */
export const PYTHON = 'python';

const UNBUNDLED = { maxBundleBytes: 0 };
const OBSERVED = { inspect: { next: () => undefined } };
const PASSING = { use: [(_: unknown, next: () => unknown) => next()] };
const INTERCEPTED: Pick<EndpointOptions, 'intercept'> = { intercept: [(_, next) => next()] };

export const LINEUP: readonly Entry[] = [
  {
    key: YARDSTICK,
    name: 'raw dgram',
    contestant: { connect: connectRaw, serve: serveRaw },
    note: 'dgram, a `Map` and a promise: nothing encoded or decoded, no timer, no check',
  },
  {
    key: 'rpcudp',
    name: 'rpcudp, bundled',
    contestant: { connect: (port) => connectRpcudp(port), serve: () => serveRpcudp() },
    loads: ['.'],
    note: 'rpcudp at both ends',
  },
  {
    key: 'unbundled',
    name: 'rpcudp, unbundled',
    contestant: {
      connect: (port) => connectRpcudp(port, UNBUNDLED),
      serve: () => serveRpcudp(UNBUNDLED),
    },
    loads: ['.'],
    note: '`maxBundleBytes: 0` at both ends',
  },
  {
    key: 'raw-echo',
    name: 'rpcudp, raw echo server',
    contestant: { connect: (port) => connectRpcudp(port, UNBUNDLED), serve: serveRaw },
    loads: ['.'],
    note: 'the client alone, served as raw dgram is',
  },
  {
    key: 'context',
    name: 'rpcudp, in a context',
    contestant: { connect: connectInContext, serve: () => serveRpcudp() },
    loads: ['.'],
    note: 'bundled; each call is made in an `AsyncLocalStorage` context of its own',
  },
  {
    key: 'observed',
    name: 'rpcudp, observed',
    contestant: { connect: (port) => connectRpcudp(port, OBSERVED), serve: () => serveRpcudp() },
    loads: ['.'],
    note: 'bundled, with an inspection observer that ignores what it hears at the client',
  },
  // Builds before these options refuse them, so they are not compared with a baseline.
  {
    key: 'middleware',
    name: 'rpcudp, with middleware',
    contestant: {
      connect: (port) => connectRpcudp(port, INTERCEPTED),
      serve: () => serveRpcudp(PASSING),
    },
    note: 'bundled, with an interceptor and middleware that only call `next`',
  },
  {
    key: 'header',
    name: 'rpcudp, with a header',
    contestant: { connect: connectWithHeader, serve: () => serveRpcudp() },
    note: 'bundled; each call has a header of 20 characters',
  },
  {
    key: 'metrics',
    name: 'rpcudp, with metrics',
    contestant: { connect: connectMeasured, serve: serveMeasured },
    note: 'bundled; `latencies: true` and `prometheus` at both ends',
  },
  {
    key: 'inspected',
    name: 'rpcudp, inspected',
    contestant: { connect: connectInspected, serve: () => serveRpcudp() },
    loads: ['.', './inspector'],
    turnMs: 80,
    note: 'bundled; the client feeds an inspector in a separate process, whose page is not open',
  },
  { key: PYTHON, name: 'Python rpcudp' },
  {
    key: 'dht-rpc',
    name: 'dht-rpc',
    contestant: { connect: connectDhtRpc, serve: serveDhtRpc },
    package: 'dht-rpc',
    note: 'native UDP; `maxWindow: 256`',
  },
  {
    key: 'k-rpc-socket',
    name: 'k-rpc-socket',
    contestant: { connect: connectKrpc, serve: serveKrpc },
    package: 'k-rpc-socket',
  },
  {
    key: 'coap',
    name: 'coap',
    contestant: { connect: connectCoap, serve: serveCoap },
    package: 'coap',
    note: 'confirmable POST, the reply on the acknowledgement; one socket kept open',
  },
  {
    key: 'grpc-js',
    name: '@grpc/grpc-js',
    contestant: { connect: connectGrpc, serve: serveGrpc },
    package: '@grpc/grpc-js',
    note: 'unary calls over one HTTP/2 connection, the message being the bare text',
  },
];

/** @throws Error when no contestant has this key. */
export function contestant(key: string | undefined): Contestant {
  const entry = LINEUP.find((candidate) => candidate.key === key);
  if (entry?.contestant === undefined) throw new Error(`No contestant has the key ${key}`);
  return entry.contestant;
}
