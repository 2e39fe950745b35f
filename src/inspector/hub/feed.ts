/** The feed: tells an inspector in another process what happens at endpoints of this one. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { AnyEndpoint } from '../../api/endpoint.js';
import { systemRandom } from '../../random.js';
import { Cursor } from './cursor.js';
import { History } from './history.js';
import type { InspectionRecord } from '../record.js';
import { reconnectDelayMs } from './reconnect-delay.js';
import { recordEndpoint } from '../recorder/recorder.js';
import type { RecorderOptions } from '../recorder/options.js';
import type { Recording } from '../recorder/recorder.js';
import { socketUrl } from './socket-url.js';

/** A feed at work. The inspector may come and go; what happens meanwhile is kept, as far as there is room. */
export interface InspectorFeed extends AsyncDisposable {
  /** Whether the inspector is there. */
  readonly connected: boolean;
  /** How many records nobody will see: for want of room; and once it is closed, those that it could not deliver. */
  readonly dropped: number;
  /** Tells of this endpoint as well, from now on. */
  attach(endpoint: AnyEndpoint, options?: RecorderOptions): void;
  /**
   * Detaches from the endpoints, and tells the inspector what it does not know yet, if it is there and takes it within a second.
   * Never rejects. Idempotent.
   */
  close(): Promise<void>;
}

/** What is kept for an inspector that is not there, or is slow. */
const LIMITS = {
  maxRecords: 20_000,
  maxChars: 16 * 1024 * 1024,
  maxLiving: 10_000,
  maxEndpoints: 256,
};

const BATCH_MS = 50;
/** Records become text, which takes as long as a call, a batch at a time: not while the endpoint has something to do. */
const MAX_FRESH = 512;
const MAX_MESSAGE_CHARS = 256 * 1024;
/** A larger record is not fed: the inspector takes messages of 4 MiB. */
const MAX_RECORD_CHARS = 1024 * 1024;
/** With more than this on its way, the inspector is sent nothing until it has read. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const HANDSHAKE_MS = 2_000;
const FAREWELL_MS = 1_000;

/**
 * Feeds the inspector at `url`, that of its page, with what happens at `endpoints` from now on, beginning with what lives. An
 * inspector that is not there is looked for again and again. The feed never throws, and does not keep the process alive.
 *
 * @throws InspectorUrlError for a URL that no inspector has, OptionError for an option of the recorder.
 */
export function feedInspector(
  endpoints: AnyEndpoint | readonly AnyEndpoint[],
  url: string,
  options: RecorderOptions = {},
): InspectorFeed {
  const feed = new Feed(socketUrl(url, 'feed'));
  try {
    for (const endpoint of [endpoints].flat()) feed.attach(endpoint, options);
  } catch (error) {
    void feed.close();
    throw error;
  }
  return feed;
}

/** One attempt to reach the inspector, and what becomes of it. */
interface Connection {
  readonly webSocket: WebSocket;
  readonly cursor: Cursor;
  socket: Socket | undefined;
}

class Feed implements InspectorFeed {
  readonly #url: URL;
  readonly #history = new History(LIMITS);
  /** Bounded by `MAX_FRESH`. */
  #fresh: InspectionRecord[] = [];
  /** Bounded by the endpoints that were attached. */
  readonly #recordings: Recording[] = [];
  #connection: Connection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;
  #dropped = 0;
  /** How far the history was sent, to whatever inspector. */
  #sentPosition = 0;
  #closed: Promise<void> | undefined;

  constructor(url: URL) {
    this.#url = url;
    this.#connect();
  }

  attach(endpoint: AnyEndpoint, options: RecorderOptions = {}): void {
    if (this.#closed !== undefined) return;
    const take = (record: InspectionRecord): void => {
      this.#fresh.push(record);
      if (this.#fresh.length === MAX_FRESH) this.#keep();
      this.#sendSoon();
    };
    this.#recordings.push(recordEndpoint(endpoint, take, options));
  }

  get connected(): boolean {
    return this.#connection?.webSocket.readyState === WebSocket.OPEN;
  }

  get dropped(): number {
    this.#keep();
    return this.#dropped + this.#history.dropped + (this.#connection?.cursor.skipped ?? 0);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(): void {
    const webSocket = new WebSocket(this.#url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: 1_024,
      finishRequest: (request) => {
        request.on('socket', (socket) => {
          connection.socket = socket.unref();
        });
        request.end();
      },
    });
    const connection: Connection = {
      webSocket,
      // It may have lost anything: it is sent all, and takes nothing twice.
      cursor: new Cursor(this.#history),
      socket: undefined,
    };
    this.#connection = connection;
    // A 'close' follows.
    webSocket.on('error', () => undefined);
    webSocket.on('open', () => {
      this.#failuresInARow = 0;
      this.#send();
    });
    webSocket.on('close', () => this.#connectionEnded(connection));
  }

  #connectionEnded({ cursor }: Connection): void {
    this.#dropped += cursor.skipped;
    this.#connection = undefined;
    clearTimeout(this.#timer);
    if (this.#closed !== undefined) return;
    this.#failuresInARow += 1;
    const delayMs = reconnectDelayMs(this.#failuresInARow, systemRandom);
    this.#timer = setTimeout(() => this.#connect(), delayMs).unref();
  }

  #sendSoon(): void {
    if (!this.connected || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#send(), BATCH_MS).unref();
  }

  /** Puts what is fresh into the history. */
  #keep(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const record of fresh) this.#history.add(record);
  }

  #send(maxBufferedBytes = MAX_BUFFERED_BYTES): void {
    this.#keep();
    this.#timer = undefined;
    const { webSocket, cursor } = this.#connection ?? {};
    if (webSocket === undefined || cursor === undefined || !this.connected) return;
    while (webSocket.bufferedAmount <= maxBufferedBytes) {
      const batch = cursor.next(MAX_MESSAGE_CHARS);
      if (batch === undefined) return;
      const texts = batch.texts.filter(({ length }) => length <= MAX_RECORD_CHARS);
      this.#dropped += batch.texts.length - texts.length;
      this.#sentPosition = Math.max(this.#sentPosition, batch.position);
      webSocket.send(`[${texts.join(',')}]`);
    }
    this.#sendSoon();
  }

  async #close(): Promise<void> {
    for (const recording of this.#recordings) recording.stop();
    clearTimeout(this.#timer);
    this.#keep();
    if (this.#connection !== undefined) await this.#farewell(this.#connection);
    this.#dropped += this.#history.position - this.#sentPosition;
  }

  async #farewell({ webSocket, socket }: Connection): Promise<void> {
    const ended = new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
    // Whoever waits for this wants the process to live so long.
    socket?.ref();
    const timer = setTimeout(() => webSocket.terminate(), FAREWELL_MS);
    const sayAll = (): void => {
      this.#send(Infinity);
      webSocket.close();
    };
    if (webSocket.readyState === WebSocket.CONNECTING) webSocket.once('open', sayAll);
    else sayAll();
    await ended;
    clearTimeout(timer);
  }
}
