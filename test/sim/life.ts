/** One life of an endpoint: what belongs to it, and what the invariants note of it. */
import type { SocketAddress } from '../../src/address/address.js';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { FaultyTransport } from './faulty-transport.js';
import type { NodeClock } from './node-clock.js';
import type { TrackedCall } from './tracked-call.js';

/** When requests with one id were taken by the kernel. */
export interface Transmissions {
  readonly atMs: number[];
  readonly to: SocketAddress;
}

/** Bytes from and to one address. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
  validated: boolean;
  /** Proofs that it was asked for, in hexadecimal. */
  readonly tokens: Set<string>;
}

/** What is seen of an actor that an inspector was told of. */
export interface Watched {
  readonly id: string;
  getSnapshot(): { status: string; value?: unknown };
}

/** What belongs to one life of an endpoint. */
export interface Life {
  readonly endpoint: AnyEndpoint;
  readonly clock: NodeClock;
  readonly transport: FaultyTransport;
  /** By transaction id. */
  readonly transmissions: Map<string, Transmissions>;
  /** Transaction ids of which the peer said that they are at work, or wait for a proof. */
  readonly disturbed: Set<string>;
  /** Addresses that answered with a header map, and can be sent bundles; see I15. */
  readonly natives: Set<string>;
  /** Requests that came with a header map, by sender and transaction id; see I15. */
  readonly nativeRequests: Set<string>;
  /** How often each request came in, by sender and transaction id; see I2. */
  readonly arrivals: Map<string, number>;
  /** The replies that went out, by receiver and transaction id; see I2. */
  readonly replies: Map<string, Set<string>>;
  /** What went to and fro with each address that has proved nothing; see I10. */
  readonly traffic: Map<string, Traffic>;
  /** How many round-trip times were believed, by peer; see I9. */
  readonly samples: Map<string, number>;
  readonly actors: Map<string, Watched>;
  /** Calls of the workload that have no outcome yet. */
  readonly openCalls: Set<TrackedCall>;
  /** How many calls were made, whoever made them. */
  callsMade: number;
  address: SocketAddress;
}
