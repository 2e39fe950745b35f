/** Feed: sends an inspector in another process the records of endpoints in this process. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { AnyEndpoint } from '../../api/endpoint.js';
import { systemRandom } from '../../random.js';
import { systemClock } from '../../time/clock.js';
import { release } from '../../time/hold.js';
import { Cursor } from './cursor.js';
import { DistinctNames } from './distinct-names.js';
import { History } from './history.js';
import type { InspectionRecord } from '../record.js';
import { checkFeedOptions } from './options.js';
import type { FeedOptions } from './options.js';
import { reconnectDelayMs } from './reconnect-delay.js';
import { MachineRecorder } from '../recorder/machine-recorder.js';
import { recordEndpoint } from '../recorder/recorder.js';
import type { RecorderOptions } from '../recorder/options.js';
import type { Recording } from '../recorder/recorder.js';
import { socketUrl } from './socket-url.js';

/**
 * A running feed. The inspector may come and go. In the meantime records are kept, within limits.
 */
export interface InspectorFeed extends AsyncDisposable {
  /** Whether the inspector is connected. */
  readonly connected: boolean;
  /**
   * How many records will never be seen: there was no room for them, or a closed feed had not
   * delivered them.
   */
  readonly dropped: number;
  /**
   * An XState inspection observer, for actors that do not exist yet: `createActor(machine, { inspect:
   * feed.inspect })` shows the actor and all others of its system.
   */
  readonly inspect: (inspectionEvent: InspectionEvent) => void;
  /** Also records this endpoint, from now on. */
  attach(endpoint: AnyEndpoint, options?: RecorderOptions): void;
  /**
   * Detaches from the endpoints and delivers what the inspector has not got yet, if it is connected
   * and takes it within a second. Never rejects. Idempotent.
   */
  close(): Promise<void>;
}

/** How much is kept for an inspector that is slow or not connected. */
const LIMITS = {
  maxRecords: 20_000,
  maxChars: 16 * 1024 * 1024,
  maxLiving: 10_000,
  maxEndpoints: 256,
};

const BATCH_MS = 50;
/**
 * Turning a record into text takes as long as a call. So this is done in batches, when this many
 * records wait or when the batch is sent, and not for each record at once.
 */
const MAX_FRESH = 512;
const MAX_MESSAGE_CHARS = 256 * 1024;
/** While more than this waits in the socket, nothing more is sent to the inspector. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const HANDSHAKE_MS = 2_000;
const FAREWELL_MS = 1_000;

/**
 * Sends the inspector at `url`, the URL of its page, what happens at `endpoints` from now on. The
 * feed begins with the calls and handlers that live. It tries again and again to reach an inspector
 * that does not answer. It never throws, and does not keep the process alive.
 *
 * @throws InspectorUrlError for a URL that cannot belong to an inspector, OptionError for an option
 * of the recorder.
 */
export function feedInspector(
  endpoints: AnyEndpoint | readonly AnyEndpoint[],
  url: string,
  options: FeedOptions = {},
): InspectorFeed {
  const recorder = checkFeedOptions(options);
  const feed = new Feed(socketUrl(url, 'feed'), recorder);
  try {
    const names = new DistinctNames();
    for (const endpoint of [endpoints].flat()) feed.attach(endpoint, names.next(recorder));
    for (const actor of [options.actors ?? []].flat()) feed.watch(actor);
  } catch (error) {
    void feed.close();
    throw error;
  }
  return feed;
}

/** One attempt to reach the inspector, and the connection if the attempt succeeds. */
interface Connection {
  readonly webSocket: WebSocket;
  readonly cursor: Cursor;
  socket: Socket | undefined;
}

class Feed implements InspectorFeed {
  readonly #url: URL;
  readonly #history = new History(LIMITS, ({ position }) => {
    if (position > this.#sentPosition) this.#dropped += 1;
  });
  /** Records that are not yet in the history. Bounded by `MAX_FRESH`. */
  #fresh: InspectionRecord[] = [];
  /** Bounded by the number of attached endpoints. */
  readonly #recordings: Recording[] = [];
  readonly #machines: MachineRecorder;
  #connection: Connection | undefined;
  #timer: unknown = undefined;
  #failuresInARow = 0;
  #dropped = 0;
  /** How much of the history was sent, to whichever inspector was connected. */
  #sentPosition = 0;
  #closed: Promise<void> | undefined;

  constructor(url: URL, recorder: RecorderOptions) {
    this.#url = url;
    this.#machines = new MachineRecorder((record) => this.#take(record), recorder);
    this.#connect();
  }

  attach(endpoint: AnyEndpoint, options: RecorderOptions = {}): void {
    if (this.#closed !== undefined) return;
    this.#recordings.push(recordEndpoint(endpoint, (record) => this.#take(record), options));
  }

  get inspect(): (inspectionEvent: InspectionEvent) => void {
    return this.#machines.inspect;
  }

  /** Sends what this actor does, and all others of its system. */
  watch(actor: AnyActorRef): void {
    this.#machines.watch(actor);
  }

  #take(record: InspectionRecord): void {
    this.#fresh.push(record);
    if (this.#fresh.length === MAX_FRESH) this.#keep();
    this.#sendSoon();
  }

  get connected(): boolean {
    return this.#connection?.webSocket.readyState === WebSocket.OPEN;
  }

  get dropped(): number {
    this.#keep();
    return this.#dropped;
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
      // The inspector may be a new one, which knows nothing. So it gets everything; it ignores what
      // it has.
      cursor: new Cursor(this.#history),
      socket: undefined,
    };
    this.#connection = connection;
    // A 'close' event follows.
    webSocket.on('error', () => undefined);
    webSocket.on('open', () => {
      this.#failuresInARow = 0;
      this.#send();
    });
    webSocket.on('close', () => this.#connectionEnded());
  }

  #connectionEnded(): void {
    this.#connection = undefined;
    systemClock.clearTimeout(this.#timer);
    if (this.#closed !== undefined) return;
    this.#failuresInARow += 1;
    const delayMs = reconnectDelayMs(this.#failuresInARow, systemRandom);
    this.#setTimer(() => this.#connect(), delayMs);
  }

  #sendSoon(): void {
    if (!this.connected || this.#timer !== undefined) return;
    this.#setTimer(() => this.#send(), BATCH_MS);
  }

  /** The timer does not keep the process alive. */
  #setTimer(callback: () => void, delayMs: number): void {
    this.#timer = systemClock.setTimeout(callback, delayMs);
    release(this.#timer);
  }

  /** Moves the fresh records into the history. */
  #keep(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const record of fresh) this.#add(record);
  }

  #add(record: InspectionRecord): void {
    try {
      this.#history.add(record);
    } catch {
      // Too large.
      this.#dropped += 1;
    }
  }

  #send(maxBufferedBytes = MAX_BUFFERED_BYTES): void {
    this.#keep();
    this.#timer = undefined;
    const { webSocket, cursor } = this.#connection ?? {};
    if (webSocket === undefined || cursor === undefined || !this.connected) return;
    while (webSocket.bufferedAmount <= maxBufferedBytes) {
      const batch = cursor.next(MAX_MESSAGE_CHARS);
      if (batch === undefined) return;
      this.#sentPosition = Math.max(this.#sentPosition, batch.position);
      if (batch.texts.length > 0) webSocket.send(`[${batch.texts.join(',')}]`);
    }
    this.#sendSoon();
  }

  async #close(): Promise<void> {
    for (const recording of this.#recordings) recording.stop();
    this.#machines.stop();
    systemClock.clearTimeout(this.#timer);
    this.#keep();
    if (this.#connection !== undefined) await this.#farewell(this.#connection);
    this.#dropped += this.#history.since(this.#sentPosition).length;
  }

  async #farewell({ webSocket, socket }: Connection): Promise<void> {
    const ended = new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
    // The caller waits for the close, so the process must stay alive until then.
    socket?.ref();
    const timer = systemClock.setTimeout(() => webSocket.terminate(), FAREWELL_MS);
    const sayAll = (): void => {
      this.#send(Infinity);
      webSocket.close();
    };
    if (webSocket.readyState === WebSocket.CONNECTING) webSocket.once('open', sayAll);
    else sayAll();
    await ended;
    systemClock.clearTimeout(timer);
  }
}
