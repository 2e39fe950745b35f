/** The endpoint: builds the actors, lends them their environment, and closes them in order. */
import { createActor } from 'xstate';
import type { ActorRefFrom, ActorRefLike, Subscription } from 'xstate';
import { Inspection } from '../actor/inspection.js';
import type { InspectionObserver, Tap } from '../actor/inspection.js';
import { Listeners } from '../actor/listeners.js';
import { formatAddress, parseAddress } from '../address.js';
import type { SocketAddress } from '../address.js';
import { Alarms } from '../alarms.js';
import { AmplificationLimit } from '../amplification.js';
import type { Call } from '../call/call.js';
import { Outstanding } from '../call/outstanding.js';
import type { Clock } from '../clock.js';
import type { AnyContract, ContractApi, ContractedApi } from '../contract/contract.js';
import { EndpointClosedError, HandlerFailedError, HandlerTimedOutError } from '../errors.js';
import type { Handler } from '../handler/handler.js';
import { Inbox } from '../handler/inbox.js';
import type { RequestEnding } from '../handler/request-ending.js';
import { procedureTable } from '../handler/procedures.js';
import type { AnyProcedures, Handlers } from '../handler/procedures.js';
import type { PeerActor } from '../peer/actor.js';
import { Peer } from '../peer/peer.js';
import type { PeerHandle } from '../peer/peer.js';
import { PeerTable } from '../peer/table.js';
import { ProcedureError } from '../procedure-error.js';
import type { Random } from '../random.js';
import type { Fate } from '../socket/fate.js';
import { Socket } from '../socket/socket.js';
import type { Routes } from '../socket/socket.js';
import { TransactionIds } from '../transaction-ids.js';
import { Turn } from '../turn.js';
import { SharedPortError } from '../transport/shared-port-error.js';
import { udpTransport } from '../transport/udp.js';
import { guardedReport, warnings } from '../warning.js';
import { Counters } from './counters.js';
import type { Environment } from './environment.js';
import { endpointMachine } from './machine.js';
import { checkEndpointOptions, requireContract } from './options.js';
import type { ContractedEndpointOptions, EndpointOptions } from './options.js';
import { requireReachable } from './reachable.js';
import type { EndpointReport, SettledRequest } from './report.js';
import type { EndpointStats } from './stats.js';

/** The procedures that `T` offers: `T` is an endpoint's type, or the type of its handlers. */
export type ApiOf<T> = T extends { readonly api: infer H } ? H : T;

/** A peer that offers what `T` offers: `PeerOf<typeof server>`. */
export type PeerOf<T> = Peer<ApiOf<T>>;

/** Any endpoint, whatever it offers. */
export type AnyEndpoint = Endpoint<unknown>;

/**
 * Opens an endpoint: binds its socket, and serves `handlers` from then on. With a `contract` the handlers
 * are those that it demands, and what they are given and return is checked.
 *
 * Rejects with OptionError for an option that is unknown or out of bounds, AddressError for a bad `host`
 * or `port`, ContractError for handlers that are not those of the contract, and BindError when the
 * address cannot be had.
 */
export function createEndpoint<C extends AnyContract>(
  options: ContractedEndpointOptions<C>,
): Promise<Endpoint<ContractedApi<C>>>;
export function createEndpoint<H extends Handlers = Handlers>(
  options?: EndpointOptions<H>,
): Promise<Endpoint<H>>;
export async function createEndpoint(
  options: EndpointOptions & { readonly contract?: AnyContract } = {},
): Promise<Endpoint> {
  const endpoint = new Endpoint(options);
  await endpoint.open();
  return endpoint;
}

/** @internal An endpoint as a tap sees it. */
export interface TappedEndpoint extends Subscription {
  readonly clock: Clock;
  readonly random: Random;
  peers(): readonly PeerActor[];
  /** Calls that are not over. */
  calls(): readonly Call[];
  /** Those whose procedures run. */
  handlers(): readonly Handler[];
}

/** One UDP socket, the procedures it serves, and the peers it calls. */
export class Endpoint<Api = Handlers> implements AsyncDisposable {
  /** For types alone: what peers can call here. Use `peer<typeof endpoint>(…)`. */
  declare readonly api: Api;

  readonly #environment: Environment;
  readonly #root: ActorRefFrom<typeof endpointMachine>;
  readonly #socket: Socket;
  readonly #sharesPort: boolean;
  readonly #peers: PeerTable;
  readonly #inbox: Inbox;
  readonly #reports: Listeners<EndpointReport>;
  #address: SocketAddress | undefined;
  #closed: Promise<void> | undefined;

  /** @internal Use `createEndpoint`. */
  constructor(options: EndpointOptions & { readonly contract?: AnyContract }) {
    const checked = checkEndpointOptions(options);
    const { limits, host, port, clock, random, lookup, atMostOnce } = checked;
    const procedures = procedureTable(options.handlers ?? {}, options.contract);
    const reportError = guardedReport(checked.onError ?? warnings());
    const inspection = new Inspection(reportError);
    if (checked.inspect !== undefined) inspection.attach(checked.inspect);
    const transport =
      checked.transport ??
      udpTransport({
        port,
        ...(host !== undefined && { host }),
        ...(checked.reusePort && { sharing: 'reusePort' }),
      });
    this.#sharesPort = transport.sharesPort === true;
    this.#root = createRoot(clock, inspection, { host, port });
    this.#socket = new Socket(transport, this.#root, inspection);
    this.#reports = new Listeners(reportError);
    const isClosing = (): boolean => this.#closed !== undefined;
    this.#environment = {
      inspection,
      reportError,
      clock,
      random,
      limits,
      ids: new TransactionIds(random),
      alarms: new Alarms(clock, () => this.#socket.received),
      turn: new Turn(clock),
      lookup,
      outstanding: new Outstanding(limits.maxLingering),
      counters: new Counters(),
      amplification: new AmplificationLimit(checked.amplification, clock),
      atMostOnce,
      endpoint: this,
      root: this.#root,
      socket: this.#socket,
      get closing() {
        return isClosing();
      },
      requestSettled: (request, ending) => {
        this.#requestSettled(request, ending);
      },
    };
    this.#peers = new PeerTable(this.#environment);
    this.#inbox = new Inbox(this.#environment, this.#peers, procedures);
  }

  /** @internal */
  async open(): Promise<void> {
    const { clock, counters, outstanding } = this.#environment;
    const routes: Routes = {
      clock,
      counters,
      outstanding,
      inbox: this.#inbox,
      frameSettled: (fate, host, port) => {
        this.#frameSettled(fate, host, port);
      },
      socketFailed: (error) => {
        void this.#close(error);
      },
    };
    try {
      this.#address = await this.#socket.open(routes);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#root.send({ type: 'opened', address: formatAddress(this.#address) });
  }

  /** The local address; `port` is the one that was found when 0 was asked for. */
  get address(): SocketAddress {
    if (this.#address === undefined) throw new EndpointClosedError();
    return this.#address;
  }

  /**
   * The peer at an address: `'host:port'`, `'[::1]:port'` or `{ host, port }`. A host name is looked
   * up once; calls wait for it. With a type the compiler checks calls and knows results:
   * `endpoint.peer<typeof server>('127.0.0.1:1234')`. With a contract they are checked as they are made,
   * and results as they arrive.
   *
   * @throws AddressError when it is not an address to send to, or one this socket cannot reach;
   * SharedPortError when it shares its port; TooManyPeersError; EndpointClosedError.
   */
  peer<C extends AnyContract>(address: string | SocketAddress, contract: C): Peer<ContractApi<C>>;
  peer<T = AnyProcedures>(address: string | SocketAddress): PeerOf<T>;
  peer(address: string | SocketAddress, contract?: AnyContract): Peer {
    if (this.#closed !== undefined) throw new EndpointClosedError();
    if (this.#sharesPort) throw new SharedPortError(this.address);
    requireContract(contract);
    const parsed = parseAddress(address);
    requireReachable(parsed, this.address, this.#socket.family);
    let actor = this.#peers.get(parsed);
    const handle: PeerHandle = {
      last: () => {
        if (actor.forgotten) actor = this.#peers.known(parsed) ?? actor;
        return actor;
      },
      living: () => {
        if (actor.forgotten && this.#closed === undefined) actor = this.#peers.get(parsed);
        return actor;
      },
    };
    return new Peer(handle, contract);
  }

  /** Hears what becomes of frames and requests; '*' hears everything. */
  on<Type extends EndpointReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? EndpointReport : Extract<EndpointReport, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#reports.on(type, listener as (report: EndpointReport) => void);
  }

  /**
   * Attaches an XState inspection observer: it is told of every endpoint, socket, peer, call and handler actor that
   * lives, with its present state, and then of all that happens until `unsubscribe`. What it throws is
   * reported once, and goes no further.
   */
  inspect(observer: InspectionObserver): Subscription {
    return this.#environment.inspection.attach(observer, this.#livingActors());
  }

  /** @internal What a tap looks at besides what it is told. */
  tap(tap: Tap): TappedEndpoint {
    if (this.#closed !== undefined) throw new EndpointClosedError();
    const { clock, inspection, outstanding, random } = this.#environment;
    const subscription = inspection.attachTap(tap);
    return {
      clock,
      random,
      peers: () => this.#peers.all(),
      calls: () => [
        ...this.#peers.all().flatMap((peer) => peer.queuedCalls()),
        ...outstanding.all(),
      ],
      handlers: () => this.#inbox.handlers(),
      unsubscribe: () => {
        subscription.unsubscribe();
      },
    };
  }

  /** Parents before children. */
  *#livingActors(): Generator<ActorRefLike> {
    yield this.#root;
    yield this.#socket.ref;
    for (const peer of this.#peers.all()) {
      yield peer.ref;
      yield* peer.queuedCalls();
    }
    yield* this.#environment.outstanding.all();
    yield* this.#inbox.handlers();
  }

  /** Counts, as of now. */
  stats(): EndpointStats {
    const { outstanding } = this.#environment;
    const { outcomes, requests, ...counters } = this.#environment.counters;
    return {
      ...this.#socket.stats(),
      ...counters,
      outcomes: { ...outcomes },
      requests: { ...requests },
      queuedNow: this.#peers.all().reduce((sum, { queued }) => sum + queued, 0),
      inFlightNow: outstanding.inFlight,
      lingeringNow: outstanding.lingering,
      runningNow: this.#inbox.running,
      rememberedNow: this.#inbox.remembered,
      peersNow: this.#peers.size,
    };
  }

  /**
   * Closes the endpoint: every open call is `cancelled` with an EndpointClosedError, procedures that
   * run may end and reply within `closeGraceMs`, then the socket is closed. Never rejects; closing
   * twice gives the same promise.
   */
  close(): Promise<void> {
    return this.#close(undefined);
  }

  #close(error: Error | undefined): Promise<void> {
    // A microtask later: listeners who hear of cancelled calls, and call again, find it closing.
    return (this.#closed ??= Promise.resolve().then(() => this.#shutDown(error)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(error: Error | undefined): Promise<void> {
    const { alarms, limits, outstanding, turn } = this.#environment;
    const reason = error ?? new EndpointClosedError();
    this.#root.send({ type: 'close', error });
    for (const peer of this.#peers.all()) peer.cancelCalls(reason);
    await this.#inbox.drain(limits.closeGraceMs);
    this.#inbox.close(reason);
    for (const call of outstanding.all()) call.receive({ type: 'lingered' });
    turn.end();
    await this.#socket.close();
    for (const peer of this.#peers.all()) peer.forget();
    alarms.close();
    this.#root.send({ type: 'closed' });
    this.#reports.emit({ type: 'endpoint.closed', error });
    this.#reports.clear();
  }

  #frameSettled(fate: Fate, host: string, port: number): void {
    if (!this.#reports.hears('frame.settled')) return;
    this.#reports.emit({ type: 'frame.settled', fate, from: { host, port } });
  }

  #requestSettled(request: SettledRequest, ending: RequestEnding): void {
    const { procedure, peer, transactionId, durationMs, replyBytes, error } = request;
    this.#environment.counters.requests[ending] += 1;
    if (isMistake(ending, error)) {
      this.#environment.reportError(new HandlerFailedError(procedure, error));
    }
    if (!this.#reports.hears('request.settled')) return;
    this.#reports.emit({
      type: 'request.settled',
      ending,
      procedure,
      peer,
      transactionId,
      durationMs,
      replyBytes,
      error,
    });
  }
}

/** Whether the one who wrote the procedure should hear of this: not what it declares, or its caller caused. */
function isMistake(ending: RequestEnding, error: unknown): boolean {
  switch (ending) {
    case 'failed':
      return !(error instanceof ProcedureError);
    case 'timedOut':
      return error instanceof HandlerTimedOutError && error.deadline === 'endpoint';
    default:
      return false;
  }
}

function createRoot(
  clock: Clock,
  inspection: Inspection,
  { host, port }: { host: string | undefined; port: number },
): ActorRefFrom<typeof endpointMachine> {
  const root = createActor(endpointMachine, {
    id: port === 0 ? 'endpoint' : `endpoint ${host ?? '*'}:${port}`,
    clock,
  });
  inspection.rootCreated(root);
  return root.start();
}
