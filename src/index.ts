/// <reference types="node" preserve="true" />
/** rpcudp: RPC over UDP, built from actors. This file exports its public names. */
export { createEndpoint } from './endpoint/endpoint.js';
export type { Endpoint, AnyEndpoint, ApiOf, PeerOf } from './api/endpoint.js';
export type { CloseOptions } from './api/close-options.js';
export type { EndpointState } from './api/endpoint-state.js';
export type {
  AtMostOnce,
  ContractedEndpointOptions,
  Describe,
  Descriptions,
  EndpointOptions,
} from './api/endpoint-options.js';
export type {
  DescribedPart,
  EndpointDescription,
  JsonSchema,
  ListedProcedure,
  Omission,
  ProcedureDescription,
} from './description/description.js';
export type { Limits } from './api/limits.js';
export type { EndpointStats } from './api/stats.js';
export type { Latencies, Latency } from './api/latencies.js';
export type { CallState, OutcomeCounts, OutcomeState } from './api/call-state.js';
export type { RequestCounts, RequestEnding } from './api/request-ending.js';
export type { EndpointReport, SettledRequest, StartedRequest } from './api/endpoint-report.js';
export type { HealthReport } from './api/health-report.js';
export type { CallParameters, NotifyParameters, Peer, PeerReport, Remote } from './api/peer.js';
export type { Notification } from './api/notification.js';
export type { NotifyOptions } from './api/notify-options.js';
export type { NotificationReport } from './api/notification-report.js';
export type {
  NotificationContext,
  NotificationEnd,
  NotificationEvent,
  NotificationInput,
  NotificationSnapshot,
} from './api/notification-snapshot.js';
export type {
  NotificationCounts,
  NotificationDrop,
  NotificationEnding,
  NotificationState,
} from './api/notification-state.js';
export type { PeerSnapshot, PeerState } from './api/peer-snapshot.js';
export type { CallCommand } from './api/call-command.js';
export type { PeerHealth } from './api/health.js';
export type { Call } from './api/call.js';
export type { ReportTarget } from './api/call-command.js';
export type { CallOptions } from './api/call-options.js';
export { callMachine } from './call/machine.js';
export type {
  CallContext,
  CallEvent,
  CallMachineInput,
  CallSnapshot,
} from './api/call-snapshot.js';
export { CallError, RemoteError } from './api/outcome.js';
export type {
  Cancelled,
  Executed,
  Outcome,
  Rejected,
  Resolved,
  TimedOut,
  Unsent,
} from './api/outcome.js';
export type { CallReport } from './api/call-report.js';
export type { Verdict } from './api/verdict.js';
export { handlersOf } from './handler/handlers-of.js';
export type {
  AnyProcedures,
  ArgumentsOf,
  Offered,
  ProcedureName,
  ResultOf,
} from './api/procedures.js';
export type { Handlers, OnlyProcedures, PrefixedMethods, Procedure } from './api/handlers.js';
export type { CallerOf, HandlerScope, ScopeWith } from './api/scope.js';
export type {
  AnyMiddleware,
  ContextOf,
  Middleware,
  MiddlewareRequest,
  Next,
} from './api/middleware.js';
export { MiddlewareError } from './api/middleware-error.js';
export { RequestRefusedError } from './api/request-refused-error.js';
export type { Interceptor, MakeCall, OutgoingCall } from './api/interceptor.js';
export type { Fate, FateCounts } from './api/fate.js';
export type { InspectionObserver } from './actor/inspection.js';
export { legible } from './legible/legible.js';
export type { LegibleOptions } from './legible/legible.js';
export type { Mask, MaskedPlace } from './legible/mask.js';
export type { ParsedAddress, SocketAddress } from './address/address.js';
export { AddressError, formatAddress, parseAddress } from './address/address.js';
export type { Amplification } from './api/endpoint-options.js';
export { systemClock } from './time/clock.js';
export type { Clock } from './time/clock.js';
export { systemRandom } from './random.js';
export type { Random } from './random.js';
export type { Lookup } from './address/lookup.js';
export { udpTransport } from './transport/udp.js';
export type { UdpTransport, UdpTransportOptions } from './transport/udp.js';
export { TransportClosedError } from './transport/transport.js';
export type { Receiver, Transport } from './transport/transport.js';
export { BindError } from './transport/bind-error.js';
export type { Sharing } from './transport/bind-error.js';
export { OwnAddressError } from './transport/own-address-error.js';
export { SharedPortError } from './transport/shared-port-error.js';
export { SendQueueFullError } from './transport/send-queue-full-error.js';
export { PreciseDate } from './wire/timestamp.js';
export type { Received } from './wire/received.js';
export type { CallHeaders } from './wire/headers.js';
export { defineContract } from './contract/contract.js';
export type { AnyContract, Contract, ContractApi, ContractedApi } from './contract/contract.js';
export type { CheckedApi, SentApi } from './contract/api.js';
export type { ContractHandlers } from './api/handlers.js';
export type { ContractDefinition, ProcedureDefinition } from './contract/definition.js';
export { ContractError, InvalidArgumentsError, InvalidResultError } from './contract/errors.js';
export { SchemaError } from './contract/schema-error.js';
export type { ContractPart } from './contract/schema-error.js';
export type { Issue, Issues } from './contract/issue.js';
export type { StandardSchema } from './contract/standard-schema.js';
export { fail, ProcedureError } from './api/procedure-error.js';
export type { ErrorCode, NotRunCode } from './wire/error-code.js';
export type { DropReason } from './wire/drop-reason.js';
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
export { OldPeerError } from './api/old-peer-error.js';
export { RestoreError } from './api/restore-error.js';
export type { CallMessage, HandlerMessage } from './api/tracing-message.js';
export { actorsOf } from './xstate/actors-of.js';
export type { AddressedActors, RemoteActors } from './xstate/actors-of.js';
export type { PeerLogic, SpawnedPeerSnapshot } from './xstate/peer-logic.js';
export type {
  AddressedCallInput,
  AddressedPeerInput,
  CallInput,
  PeerInput,
} from './xstate/input.js';
