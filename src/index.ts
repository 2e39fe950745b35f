/**
 * rpcudp: RPC over UDP, built from actors. The public names, one by one.
 */
export { createEndpoint } from './endpoint/endpoint.js';
export type { Endpoint, AnyEndpoint, ApiOf, PeerOf } from './endpoint/endpoint.js';
export type { AtMostOnce, ContractedEndpointOptions, EndpointOptions } from './endpoint/options.js';
export type { Limits } from './limits.js';
export type { EndpointStats } from './endpoint/stats.js';
export type { EndpointReport, SettledRequest } from './endpoint/report.js';
export type { Peer, PeerReport, Remote } from './peer/peer.js';
export type { CallCommand } from './peer/command.js';
export type { PeerHealth } from './peer/health.js';
export type { Call } from './call/call.js';
export type { ReportTarget } from './call/request.js';
export type { CallOptions } from './call/options.js';
export { callMachine } from './call/machine.js';
export type { CallContext, CallEvent } from './call/machine.js';
export { CallError, RemoteError } from './call/outcome.js';
export type {
  Cancelled,
  Executed,
  Outcome,
  Rejected,
  Resolved,
  TimedOut,
  Unsent,
} from './call/outcome.js';
export type { CallReport } from './call/report.js';
export type { Verdict } from './call/verdict.js';
export { handlersOf } from './handler/procedures.js';
export type { AnyProcedures, Handlers, Procedure } from './handler/procedures.js';
export type { RequestEnding } from './handler/request-ending.js';
export type { HandlerScope } from './handler/scope.js';
export type { Fate, FateCounts } from './socket/fate.js';
export type { InspectionObserver } from './actor/inspection.js';
export { legible } from './inspect/legible.js';
export type { LegibleOptions } from './inspect/legible.js';
export type { Mask, MaskedPlace } from './inspect/mask.js';
export type { SocketAddress } from './address.js';
export { AddressError } from './address.js';
export type { Amplification } from './amplification.js';
export type { Clock } from './clock.js';
export type { Random } from './random.js';
export type { Lookup } from './resolve.js';
export type { Receiver, Transport } from './transport/transport.js';
export { BindError } from './transport/bind-error.js';
export { SharedPortError } from './transport/shared-port-error.js';
export { SendQueueFullError } from './transport/udp.js';
export { PreciseDate } from './wire/timestamp.js';
export type { Received } from './wire/received.js';
export { defineContract } from './contract/contract.js';
export type { AnyContract, Contract, ContractApi, ContractHandlers } from './contract/contract.js';
export type { ContractDefinition, ProcedureDefinition } from './contract/definition.js';
export {
  ContractError,
  InvalidArgumentsError,
  InvalidResultError,
  SchemaError,
} from './contract/errors.js';
export type { Issue, Issues } from './contract/issue.js';
export type { StandardSchema } from './contract/standard-schema.js';
export { fail, ProcedureError } from './procedure-error.js';
export type { ErrorCode } from './wire/error-code.js';
export {
  CallerCancelledError,
  EndpointClosedError,
  HandlerFailedError,
  HandlerTimedOutError,
  MailboxFullError,
  OptionError,
  OverloadedError,
  ReplyTooLargeError,
  RequestTooLargeError,
  TooManyCallsError,
  TooManyPeersError,
  UnencodableError,
} from './errors.js';
export type { CallMessage, HandlerMessage } from './tracing.js';
export { actorsOf } from './logic.js';
export type { CallInput, PeerInput, RemoteActors } from './logic.js';
