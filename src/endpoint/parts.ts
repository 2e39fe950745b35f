/** The parts of an endpoint, and how they hang together: the one place that knows all of them. */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { Inspection } from '../actor/inspection.js';
import { systemLookup } from '../address/lookup.js';
import type { SettledRequest } from '../api/endpoint-report.js';
import type { EndpointOptions } from '../api/endpoint-options.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { Limits } from '../api/limits.js';
import type { RequestEnding } from '../api/request-ending.js';
import { Answers } from '../call/answers.js';
import type { CallActor } from '../call/call.js';
import { Caller } from '../call/caller.js';
import { Outstanding } from '../call/outstanding.js';
import type { AnyContract } from '../contract/contract.js';
import type { Engine } from '../engine/engine.js';
import { Inbox } from '../handler/inbox.js';
import { procedureTable } from '../handler/procedures.js';
import { Settlements } from '../handler/settlements.js';
import { PeerActor } from '../peer/actor.js';
import { AmplificationLimit } from '../peer/amplification.js';
import { PeerTable } from '../peer/table.js';
import { systemRandom } from '../random.js';
import { Socket } from '../socket/socket.js';
import { Alarms } from '../time/alarms.js';
import { systemClock } from '../time/clock.js';
import { Turn } from '../time/turn.js';
import { udpTransport } from '../transport/udp.js';
import type { Transport } from '../transport/transport.js';
import { guardedReport, warnings } from '../engine/warning.js';
import { endpointMachine } from './machine.js';
import { limitsOf } from './options.js';

/** What an endpoint is made from: options, and the contract that its handlers are held to, if there is one. */
export type Options = EndpointOptions & { readonly contract?: AnyContract };

export interface Parts {
  readonly limits: Limits;
  readonly engine: Engine;
  readonly root: ActorRefFrom<typeof endpointMachine>;
  readonly transport: Transport;
  readonly socket: Socket;
  readonly turn: Turn;
  readonly outstanding: Outstanding<CallActor>;
  readonly answers: Answers;
  readonly caller: Caller;
  readonly amplification: AmplificationLimit;
  readonly peers: PeerTable;
  readonly settlements: Settlements;
  readonly inbox: Inbox;
}

/**
 * Builds the parts of `endpoint`; `requestSettled` hears of every request that ends.
 *
 * @throws OptionError, ContractError, TypeError, AddressError: see `createEndpoint`.
 */
export function buildParts(
  options: Options,
  endpoint: AnyEndpoint,
  requestSettled: (request: SettledRequest, ending: RequestEnding) => void,
): Parts {
  const limits = limitsOf(options);
  const procedures = procedureTable(options.handlers ?? {}, options.contract);
  const { clock = systemClock, random = systemRandom, lookup = systemLookup } = options;
  const { amplification: mode = 'compat', atMostOnce = 'bounded' } = options;

  const reportError = guardedReport(options.onError ?? warnings());
  const inspection = new Inspection(reportError);
  if (options.inspect !== undefined) inspection.attach(options.inspect);
  const transport = options.transport ?? udpTransportOf(options);
  const root = createActor(endpointMachine, { id: nameOf(options), clock });
  inspection.rootCreated(root);
  root.start();
  const socket = new Socket(transport, root, clock, inspection);
  const alarms = new Alarms(clock, () => socket.received);
  const engine: Engine = { inspection, reportError, clock, random, alarms, sender: socket };

  const outstanding = new Outstanding<CallActor>(limits);
  const { timeoutMs, attempts, lingerMs } = limits;
  const caller = new Caller({ ...engine, outstanding, lingerMs }, { timeoutMs, attempts });
  const turn = new Turn(clock);
  const amplification = new AmplificationLimit(mode, clock);
  const kit = { root, caller, turn, amplification, limits };
  const peers = new PeerTable({
    maxPeers: limits.maxPeers,
    atMostOnce,
    makePeer: (address, lookUp) => new PeerActor(engine, kit, address, lookUp),
    lookUp: (name) => lookup(name, socket.family),
  });
  const settlements = new Settlements(reportError, requestSettled);
  const served = { endpoint, peers, procedures, atMostOnce, limits, settlements };
  const inbox = new Inbox(engine, served);
  const answers = new Answers(outstanding);
  return {
    ...{ limits, engine, root, transport, socket, turn, outstanding, answers, caller },
    ...{ amplification, peers, settlements, inbox },
  };
}

function udpTransportOf({ host, port = 0, reusePort }: Options): Transport {
  return udpTransport({
    port,
    ...(host !== undefined && { host }),
    ...(reusePort === true && { sharing: 'reusePort' }),
  });
}

/** A name for people. */
function nameOf({ host = '*', port = 0 }: Options): string {
  return port === 0 ? 'endpoint' : `endpoint ${host}:${port}`;
}
