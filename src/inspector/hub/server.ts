/** The inspector's server: one address for the page, for its feeds and for its viewers. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { formatAddress, parseBindAddress } from '../../address/address.js';
import type { SocketAddress } from '../../address/address.js';
import type { AnyEndpoint } from '../../api/endpoint.js';
import { systemRandom } from '../../random.js';
import { systemClock } from '../../time/clock.js';
import { DistinctNames } from './distinct-names.js';
import { InspectorBindError } from './errors.js';
import { afterToken, isLocal } from './guard.js';
import { Hub } from './hub.js';
import type { Viewer } from './hub.js';
import { IdleConnections } from './idle-connections.js';
import { sortOptions } from './options.js';
import type { InspectorOptions } from './options.js';
import { pageHandler } from './pages.js';
import { MachineRecorder } from '../recorder/machine-recorder.js';
import { recordEndpoint } from '../recorder/recorder.js';
import type { RecorderOptions } from '../recorder/options.js';
import type { Recording } from '../recorder/recorder.js';

/** An inspector that is being served. It keeps the process alive until it is closed. */
export interface Inspector extends AsyncDisposable {
  /**
   * The URL of the page, also for `feedInspector`. It has a random token: everybody who knows it
   * can see everything.
   */
  readonly url: string;
  /**
   * How many values from feeds were not valid records, or belonged to an endpoint whose own record
   * never came.
   */
  readonly dropped: number;
  /**
   * An XState inspection observer, for actors that do not exist yet: `createActor(machine, { inspect:
   * inspector.inspect })` shows the actor and all others of its system.
   */
  readonly inspect: (inspectionEvent: InspectionEvent) => void;
  /**
   * Also shows this endpoint, from now on. Default: the options that were given to
   * `serveInspector`; if they have a name, it is followed by a number, from the second endpoint on.
   */
  attach(endpoint: AnyEndpoint, options?: RecorderOptions): void;
  /** Detaches from the endpoints and ends all connections. Idempotent. */
  close(): Promise<void>;
}

const TOKEN_BYTES = 16;
const HUB_ID_BYTES = 6;

/** How often viewers get what is new. */
const FLUSH_MS = 50;
/** A client that does not close its connection within this time is cut off. */
const FAREWELL_MS = 500;
/** WebSocket close code for a server that ends (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;

/** A feed sends batches of about 256 Ki characters, and larger records alone. */
const MAX_FEED_MESSAGE_BYTES = 4 * 1024 * 1024;
/** A viewer does not need to send anything. */
const MAX_VIEWER_MESSAGE_BYTES = 1_024;

const MAX_FEEDS = 256;
const MAX_VIEWERS = 64;
/** A browser opens about six for a page. */
const MAX_IDLE_CONNECTIONS = 128;
/**
 * The most connections of all kinds. A new one finds this reached only if requests are being
 * answered in hundreds: there is room for as many as arrive at once (511, the backlog of Node.js).
 */
const MAX_CONNECTIONS = 1_024;

/** The URL of `decode` can hold a datagram of 65,507 bytes in base64, each character escaped. */
const MAX_REQUEST_HEADER_BYTES = 288 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Serves a page that shows what happens at `endpoints`, and at endpoints of other processes that
 * feed it. Endpoints that close or detach stay on the page.
 *
 * Rejects with InspectorBindError when the address cannot be used, AddressError for an invalid
 * port, OptionError for an option that is unknown or out of bounds, EndpointClosedError for a
 * closed endpoint.
 */
export async function serveInspector(
  endpoints: AnyEndpoint | readonly AnyEndpoint[] = [],
  options: InspectorOptions = {},
): Promise<Inspector> {
  const server = new InspectorServer(options);
  await server.listen();
  try {
    for (const endpoint of [endpoints].flat()) server.attach(endpoint);
    for (const actor of [options.actors ?? []].flat()) server.watch(actor);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

class InspectorServer implements Inspector {
  /** The wanted address; once the server listens, its real address. */
  #address: SocketAddress;
  readonly #recorder: RecorderOptions;
  readonly #names = new DistinctNames();
  readonly #token: string;
  readonly #hub: Hub;
  readonly #http: Server;
  readonly #feeds = webSockets(MAX_FEED_MESSAGE_BYTES);
  readonly #viewers = webSockets(MAX_VIEWER_MESSAGE_BYTES);
  /** Bounded by the number of attached endpoints. */
  readonly #recordings: Recording[] = [];
  readonly #machines: MachineRecorder;
  /** Set while there are viewers. */
  #flushTimer: unknown = undefined;
  #closed: Promise<void> | undefined;

  constructor(options: InspectorOptions) {
    const { address, token, recorder, limits } = sortOptions(options);
    const { records, onReport } = options;
    this.#address = parseBindAddress(address);
    this.#recorder = recorder;
    this.#token = token ?? randomHex(TOKEN_BYTES);
    this.#hub = new Hub({
      id: randomHex(HUB_ID_BYTES),
      nowMs: () => systemClock.wallMs(),
      limits,
      ...(onReport !== undefined && { onReport }),
    });
    if (records !== undefined) this.#hub.show(records);
    const feed = this.#hub.openFeed();
    this.#machines = new MachineRecorder((record) => feed.take(record), recorder);
    this.#http = createServer(
      {
        maxHeaderSize: MAX_REQUEST_HEADER_BYTES,
        headersTimeout: REQUEST_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: REQUEST_TIMEOUT_MS,
      },
      pageHandler(this.#token),
    );
    this.#http.maxConnections = MAX_CONNECTIONS;
    new IdleConnections(MAX_IDLE_CONNECTIONS).watch(this.#http);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
  }

  get url(): string {
    return `http://${formatAddress(this.#address)}/${this.#token}/`;
  }

  get dropped(): number {
    return this.#hub.dropped;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#address;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error) => {
        reject(new InspectorBindError(this.#address, error));
      });
      this.#http.listen({ host, port }, resolve);
    });
    // From now on, a connection that cannot be accepted must not end the server.
    this.#http.on('error', () => undefined);
    const { port: bound } = this.#http.address() as AddressInfo;
    this.#address = { host, port: bound };
  }

  attach(endpoint: AnyEndpoint, ownOptions?: RecorderOptions): void {
    if (this.#closed !== undefined) return;
    const options = ownOptions ?? this.#names.next(this.#recorder);
    const feed = this.#hub.openFeed();
    this.#recordings.push(recordEndpoint(endpoint, (record) => feed.take(record), options));
  }

  get inspect(): (inspectionEvent: InspectionEvent) => void {
    return this.#machines.inspect;
  }

  /** Shows this actor, and all others of its system. */
  watch(actor: AnyActorRef): void {
    this.#machines.watch(actor);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const recording of this.#recordings) recording.stop();
    this.#machines.stop();
    this.#hub.flush();
    systemClock.clearTimeout(this.#flushTimer);
    const ended = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    const sockets = [...this.#feeds.clients, ...this.#viewers.clients];
    for (const socket of sockets) socket.close(GOING_AWAY, 'The inspector was closed');
    const farewell = systemClock.setTimeout(() => {
      for (const socket of sockets) socket.terminate();
    }, FAREWELL_MS);
    // This does not close upgraded sockets.
    this.#http.closeAllConnections();
    await ended;
    systemClock.clearTimeout(farewell);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const rest = afterToken(request.url ?? '', this.#token);
    const [path, query] = rest?.split('?', 2) ?? [];
    if (!isLocal(request) || (path !== '/feed' && path !== '/watch')) {
      refuse(socket, '404 Not Found');
    } else if (this.#closed !== undefined) {
      refuse(socket, '503 Service Unavailable');
    } else if (path === '/feed') {
      if (this.#feeds.clients.size >= MAX_FEEDS) refuse(socket, '503 Service Unavailable');
      else this.#feeds.handleUpgrade(request, socket, head, (feed) => this.#feedOpened(feed));
    } else if (this.#viewers.clients.size >= MAX_VIEWERS) {
      refuse(socket, '503 Service Unavailable');
    } else {
      this.#viewers.handleUpgrade(request, socket, head, (viewer) =>
        this.#viewerOpened(viewer, new URLSearchParams(query)),
      );
    }
  }

  #feedOpened(socket: WebSocket): void {
    const feed = this.#hub.openFeed();
    // `ws` answers errors of the feed and closes the connection.
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => {
      // A binary message is not valid: it counts as one dropped value.
      feed.takeMessage(isBinary ? '' : (data as Buffer).toString());
    });
    socket.on('close', () => feed.close());
  }

  #viewerOpened(socket: WebSocket, query: URLSearchParams): void {
    const viewer: Viewer = {
      send: (text) => socket.send(text),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
    };
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#hub.closeViewer(viewer);
      if (this.#viewers.clients.size > 0) return;
      systemClock.clearTimeout(this.#flushTimer);
      this.#flushTimer = undefined;
    });
    if (this.#flushTimer === undefined) this.#flushLater();
    this.#hub.openViewer(viewer, lastSeenOf(query));
  }

  #flushLater(): void {
    this.#flushTimer = systemClock.setTimeout(() => {
      this.#flushLater();
      this.#hub.flush();
    }, FLUSH_MS);
  }
}

function webSockets(maxPayload: number): WebSocketServer {
  return new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload });
}

function refuse(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function lastSeenOf(query: URLSearchParams): { hub: string; position: number } | undefined {
  const hub = query.get('hub');
  const position = query.get('position');
  if (hub === null || position === null || !/^\d{1,15}$/.test(position)) return undefined;
  return { hub, position: Number(position) };
}

function randomHex(bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  systemRandom.fillBytes(buffer);
  return buffer.toString('hex');
}
