/**
 * Endpoint parts: builds all actors and tables of an endpoint and connects them. Only this file
 * knows all of them.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { Inspection } from '../actor/inspection.js';
import { Listeners } from '../actor/listeners.js';
import { lookedUpHosts } from '../address/looked-up.js';
import type { Vantage } from '../address/reachable.js';
import type { EndpointReport } from '../api/endpoint-report.js';
import type { Limits } from '../api/limits.js';
import { Answers } from '../call/answers.js';
import type { CallActor } from '../call/call.js';
import { Caller } from '../call/caller.js';
import { FirstRoundTrips } from '../call/first-round-trips.js';
import { Interceptors } from '../call/interceptors.js';
import { Outstanding } from '../call/outstanding.js';
import { requireContract } from '../contract/contract.js';
import type { Engine } from '../engine/engine.js';
import { Meters } from '../engine/meters.js';
import { Tracers } from '../engine/tracers.js';
import { AddressHash } from '../handler/address-hash.js';
import { Inbox } from '../handler/inbox.js';
import { MiddlewareChain } from '../handler/middleware-chain.js';
import { MiddlewareRequests } from '../handler/middleware-requests.js';
import { Origins } from '../handler/origin.js';
import { Probes } from '../handler/probes.js';
import { procedureTable } from '../handler/procedures.js';
import type { RequestScope } from '../handler/scope.js';
import { Settlements } from '../handler/settlements.js';
import { Share } from '../handler/share.js';
import { Acknowledgements } from '../notification/acknowledgements.js';
import { NotificationLedger } from '../notification/ledger.js';
import { Notifier } from '../notification/notifier.js';
import { PeerActor } from '../peer/actor.js';
import { AmplificationLimit } from '../peer/amplification.js';
import { Commands } from '../peer/commands.js';
import { EvictionOrder } from '../peer/eviction-order.js';
import { ReturnPathTokens } from '../peer/return-path-tokens.js';
import { PeerTable } from '../peer/table.js';
import { Socket } from '../socket/socket.js';
import { Alarms } from '../time/alarms.js';
import { inThisContext } from '../time/async-context.js';
import { histogramMaker } from '../time/histogram.js';
import { Moments } from '../time/moment.js';
import { Turn } from '../time/turn.js';
import { udpTransport } from '../transport/udp.js';
import type { Transport } from '../transport/transport.js';
import { guardedReport, warnings } from '../engine/warning.js';
import { LatencyMeter } from './latency-meter.js';
import { endpointMachine } from './machine.js';
import { checkEndpointOptions } from './options.js';
import type { CheckedEndpointOptions, GivenOptions } from './options.js';
import { ScopedEndpoint } from './scoped-endpoint.js';
import type { ScopableEndpoint } from './scoped-endpoint.js';

export interface Parts {
  readonly limits: Limits;
  readonly engine: Engine;
  /** Those who listen to the endpoint. */
  readonly reports: Listeners<EndpointReport>;
  readonly root: ActorRefFrom<typeof endpointMachine>;
  readonly transport: Transport;
  readonly socket: Socket;
  /** Where its calls come from. Known once it is open. */
  readonly vantage: Vantage;
  readonly turn: Turn;
  readonly outstanding: Outstanding<CallActor>;
  readonly answers: Answers;
  readonly caller: Caller;
  readonly notifications: NotificationLedger;
  readonly amplification: AmplificationLimit;
  readonly peers: PeerTable;
  readonly settlements: Settlements;
  /** Absent unless latencies are asked for, and the runtime has histograms. */
  readonly latencyMeter: LatencyMeter | undefined;
  readonly inbox: Inbox;
  readonly middleware: MiddlewareRequests | undefined;
  readonly probes: Probes;
}

/**
 * Builds the parts of `endpoint`.
 *
 * @throws OptionError, ContractError, TypeError, AddressError: see `createEndpoint`.
 */
export function buildParts(options: GivenOptions, endpoint: ScopableEndpoint): Parts {
  const checked = checkEndpointOptions(options);
  const { limits, clock, random, atMostOnce } = checked;
  const lookup = options.lookup === undefined ? checked.lookup : inThisContext(options.lookup);
  const reportError = guardedReport(
    checked.onError === undefined ? warnings() : inThisContext(checked.onError),
  );
  const reports = new Listeners<EndpointReport>(reportError);
  const { use = [] } = checked;
  const chain = use.length === 0 ? undefined : new MiddlewareChain(use, reportError);
  const contract = requireContract(options.contract);
  const procedures = procedureTable(options.handlers ?? {}, contract, chain, checked.describe);
  const inspection = new Inspection(reportError);
  if (checked.inspect !== undefined) inspection.attach(checked.inspect);
  const transport = checked.transport ?? udpTransportOf(checked);
  const root = createActor(endpointMachine, { id: nameOf(checked), clock });
  inspection.rootCreated(root);
  root.start();
  const socket = new Socket(transport, root, clock, inspection);
  const alarms = new Alarms(clock, () => socket.received);
  const meters = new Meters(reportError);
  const latencyMeter = checked.latencies ? latencyMeterOf(meters) : undefined;
  const tracers = new Tracers(reportError);
  const engine: Engine = {
    ...{ inspection, reportError, clock, random, alarms, sender: socket, meters, tracers },
  };

  const outstanding = new Outstanding<CallActor>(limits);
  const { timeoutMs, attempts, lingerMs } = limits;
  const callHome = { ...engine, outstanding, moments: new Moments(clock), lingerMs };
  const { intercept = [] } = checked;
  const interceptors =
    intercept.length === 0 ? undefined : new Interceptors(intercept, reportError);
  const caller = new Caller(callHome, { timeoutMs, attempts }, interceptors);
  const turn = new Turn(clock);
  const firstRoundTrips = new FirstRoundTrips(limits.initialRtoMs);
  const notifications = new NotificationLedger();
  const notifier = new Notifier(engine, notifications, turn, limits, firstRoundTrips, caller);
  const amplification = new AmplificationLimit(checked.amplification, clock);
  const tokens = new ReturnPathTokens(random, clock);
  const origins = new Origins();
  const { maxPeers } = limits;
  const share = new Share('maxPeers', maxPeers, limits);
  const evictionOrder = new EvictionOrder<PeerActor>(maxPeers, share.ofNetwork);
  const commands = new Commands(caller);
  const addressHash = new AddressHash(random);
  const strangers = { root, sender: socket, amplification, tokens, origins, addressHash };
  const making = { reports, caller, commands, notifier };
  const kit = { ...strangers, ...making, turn, evictionOrder, firstRoundTrips, limits };
  const vantage = vantageOf(endpoint, socket, transport);
  const peers = new PeerTable({
    ...{ clock, reportError, maxPeers, share, evictionOrder, strangers },
    makePeer: (address, friend, lookUp) => new PeerActor(engine, kit, address, friend, lookUp),
    // Asynchronous, so that what `lookup` throws at once is a rejection like any other.
    lookUp: async (name) => lookedUpHosts(name, await lookup(name.host, socket.family), vantage),
  });
  const settlements = new Settlements(reportError, reports, meters);
  const endpointFor = (scope: RequestScope) => new ScopedEndpoint(endpoint, scope);
  const middleware = chain && new MiddlewareRequests(chain, engine, endpointFor);
  const inbox = new Inbox(engine, {
    ...{ peers, origins, procedures, atMostOnce, limits, settlements, endpointFor, middleware },
  });
  const strays = new Acknowledgements(notifications, peers);
  const answers = new Answers(outstanding, socket.ref, strays);
  const probes = new Probes(engine.sender);
  return {
    ...{ limits, engine, reports, root, transport, socket, vantage, turn, outstanding },
    ...{ answers, caller, notifications, amplification, peers, settlements, latencyMeter },
    ...{ inbox, middleware, probes },
  };
}

function latencyMeterOf(meters: Meters): LatencyMeter | undefined {
  const makeHistogram = histogramMaker();
  if (makeHistogram === undefined) return undefined;
  const meter = new LatencyMeter(makeHistogram);
  meters.attach(meter);
  return meter;
}

function vantageOf(endpoint: ScopableEndpoint, socket: Socket, transport: Transport): Vantage {
  return {
    get address() {
      return endpoint.address;
    },
    get family() {
      return socket.family;
    },
    zoneName: transport.zoneName?.bind(transport),
  };
}

function udpTransportOf({ host, port, reusePort }: CheckedEndpointOptions): Transport {
  return udpTransport({
    port,
    ...(host !== undefined && { host }),
    ...(reusePort && { sharing: 'reusePort' }),
  });
}

function nameOf({ host = '*', port }: CheckedEndpointOptions): string {
  return port === 0 ? 'endpoint' : `endpoint ${host}:${port}`;
}
