/** Life: one life of an endpoint, with what belongs to it and what the invariants note about it. */
import type { SocketAddress } from '../../src/address/address.js';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { HealthReport } from '../../src/api/health-report.js';
import type { FaultyTransport } from './faulty-transport.js';
import type { Passed } from './middleware.js';
import type { NodeClock } from './node-clock.js';
import type { Execution } from './oracle.js';
import type { TrackedCall } from './tracked-call.js';

/** When the kernel took requests with one id. */
export interface Transmissions {
  /** By the clock of the endpoint, which stands still while its machine is suspended. */
  readonly atMs: number[];
  /** The time of day of the first one. */
  readonly sinceWallMs: number;
  readonly to: SocketAddress;
}

/** The bytes from and to one address. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
  validated: boolean;
  /** The tokens that were sent to it, in hexadecimal. */
  readonly tokens: Set<string>;
}

/** What is watched of an actor that an inspector was told of. */
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
  /** Transaction ids for which the peer said that it is working, or that it wants a proof. */
  readonly disturbed: Set<string>;
  /** The time of day when the peer last said that it is working, by transaction id; see I9. */
  readonly atWorkWallMs: Map<string, number>;
  /** Addresses that answered with a header map, so that they can be sent bundles; see I15. */
  readonly natives: Set<string>;
  /**
   * Since when all that these addresses answered had a header map, by the clock of the endpoint;
   * see I9.
   */
  readonly nativeSinceMs: Map<string, number>;
  /** Addresses that answered an open call; see I16. */
  readonly answerers: Set<string>;
  /** When the kernel took the last probe to each address; see I16. */
  readonly probedAtMs: Map<string, number>;
  /** The ids of the probes that are about no request that was sent; see I15 and I16. */
  readonly probes: Set<string>;
  /** Addresses that were notified; see I16. */
  readonly notified: Set<string>;
  /** Notifications that came, by sender and transaction id; see I21. */
  readonly notifiedBy: Set<string>;
  /** How many notifications were made. */
  notificationsMade: number;
  /** Requests that came with a header map, by sender and transaction id; see I15. */
  readonly nativeRequests: Set<string>;
  /** How many times each request arrived, by sender and transaction id; see I2. */
  readonly arrivals: Map<string, number>;
  /** The replies that were sent, by receiver and transaction id; see I2. */
  readonly replies: Map<string, Set<string>>;
  /** The bytes to and from each address that has proved nothing; see I10. */
  readonly traffic: Map<string, Traffic>;
  /** The procedures that run, and some that have ended; see I8. */
  running: readonly Execution[];
  /** How many round-trip times were used, by peer; see I9. */
  readonly samples: Map<string, number>;
  /** How many of them were the first that is known of a path; see I9. */
  firstSamples: number;
  /** The last report of the health of each peer; see I18. */
  readonly healths: Map<string, HealthReport>;
  /** How many requests it reported as started; see I7. */
  started: number;
  readonly actors: Map<string, Watched>;
  /** How many requests passed through the middleware; see I20. */
  readonly passed: Passed;
  /** Calls of the workload that have no outcome yet. */
  readonly openCalls: Set<TrackedCall>;
  /** How many calls were made, by the workload and by procedures. */
  callsMade: number;
  address: SocketAddress;
}
