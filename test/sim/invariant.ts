/** What an invariant is: a promise, and the moments at which it is looked into. */
import type { SocketAddress } from '../../src/address/address.js';
import type { EndpointReport } from '../../src/api/endpoint-report.js';
import type { EndpointNode } from './endpoint-node.js';
import type { Execution } from './oracle.js';
import type { TrackedCall } from './tracked-call.js';
import type { World } from './world.js';

/** What an endpoint reports of a request. */
export type RequestSettled = Extract<EndpointReport, { readonly type: 'request.settled' }>;

/** What is wrong, or undefined when all is well. */
export type Finding = string | undefined;

/** Each method looks at one kind of moment; an invariant has those it needs. */
export interface Invariant {
  readonly id: `${'I' | 'L'}${number}`;
  /** What holds always. */
  readonly says: string;
  /** After each event, for an endpoint that it touched. */
  readonly afterEvent?: (world: World, node: EndpointNode) => Finding;
  /** After each event. */
  readonly afterStep?: (world: World) => Finding;
  readonly afterOutcome?: (world: World, call: TrackedCall) => Finding;
  /** A procedure began to run; `before` is the last run of the same request by the same life. */
  readonly afterRun?: (
    world: World,
    node: EndpointNode,
    execution: Execution,
    before: Execution | undefined,
  ) => Finding;
  /** An endpoint said how it ended a request. */
  readonly afterRequest?: (world: World, node: EndpointNode, request: RequestSettled) => Finding;
  /** The kernel took a datagram. */
  readonly afterSend?: (
    world: World,
    node: EndpointNode,
    datagram: Buffer,
    to: SocketAddress,
  ) => Finding;
  /** The kernel took a datagram with this frame, alone or among others. */
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
  /** A datagram with this frame is about to be handed to an endpoint. */
  readonly beforeFrame?: (
    world: World,
    node: EndpointNode,
    frame: Buffer,
    from: SocketAddress,
  ) => Finding;
  /** Everything has healed, and nothing was asked for so long that everything is over. */
  readonly atRest?: (world: World, node: EndpointNode) => Finding;
  /** An endpoint has closed; its counts can still be read. */
  readonly afterClose?: (world: World, node: EndpointNode) => Finding;
  readonly atEnd?: (world: World) => Finding;
}
