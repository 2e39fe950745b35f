/** Invariant: a promise, and the moments when it is checked. */
import type { SocketAddress } from '../../src/address/address.js';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import type { HealthReport } from '../../src/api/health-report.js';
import type { EndpointNode } from './endpoint-node.js';
import type { Execution } from './oracle.js';
import type { TrackedCall } from './tracked-call.js';
import type { World } from './world.js';

/** What an endpoint reports about a request. */
export type RequestSettled = Extract<EndpointReport, { readonly type: 'request.settled' }>;

/** What is wrong; undefined if nothing is. */
export type Finding = string | undefined;

/** Each method checks at one kind of moment. An invariant has the methods that it needs. */
export interface Invariant {
  readonly id: `${'I' | 'L'}${number}`;
  /** The promise. */
  readonly says: string;
  /** After each event, for an endpoint that the event touched. */
  readonly afterEvent?: (world: World, node: EndpointNode) => Finding;
  /** After each event. */
  readonly afterStep?: (world: World) => Finding;
  readonly afterOutcome?: (world: World, call: TrackedCall) => Finding;
  /**
   * A procedure has begun to run. `before` is the last run of the same request in the same life.
   */
  readonly afterRun?: (
    world: World,
    node: EndpointNode,
    execution: Execution,
    before: Execution | undefined,
  ) => Finding;
  /** An endpoint reported how a request ended. */
  readonly afterRequest?: (world: World, node: EndpointNode, request: RequestSettled) => Finding;
  /** An endpoint reported the health of a peer. */
  readonly afterHealth?: (world: World, node: EndpointNode, report: HealthReport) => Finding;
  /** The kernel took a datagram. */
  readonly afterSend?: (
    world: World,
    node: EndpointNode,
    datagram: Buffer,
    to: SocketAddress,
  ) => Finding;
  /** The kernel took a datagram with this frame, alone or with others. */
  readonly afterFrame?: (
    world: World,
    node: EndpointNode,
    frame: Buffer,
    to: SocketAddress,
  ) => Finding;
  readonly beforeReceive?: (
    world: World,
    node: EndpointNode,
    datagram: Buffer,
    from: SocketAddress,
  ) => Finding;
  /** A datagram with this frame is about to be given to an endpoint. */
  readonly beforeFrame?: (
    world: World,
    node: EndpointNode,
    frame: Buffer,
    from: SocketAddress,
  ) => Finding;
  /** Everything has healed, and nothing was asked for so long that everything must be over. */
  readonly atRest?: (world: World, node: EndpointNode) => Finding;
  /** An endpoint has closed. Its counts can still be read. */
  readonly afterClose?: (world: World, node: EndpointNode) => Finding;
  readonly atEnd?: (world: World) => Finding;
}
