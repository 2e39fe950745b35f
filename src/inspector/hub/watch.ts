/**
 * Watches an inspector from another process, as its page does: gets what there is, then what is
 * new, each record once.
 */
import { WebSocket } from 'ws';
import { systemRandom } from '../../random.js';
import { systemClock } from '../../time/clock.js';
import { reconnectDelayMs } from './reconnect-delay.js';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';
import { ToldRecords } from '../told-records.js';
import { socketUrl } from './socket-url.js';

/** The receiver of what is watched. Its methods must not throw. */
export interface Watcher {
  /**
   * Called with new records. If `reset`, forget all earlier records: these are those of another
   * inspector at the same URL.
   */
  records(records: readonly InspectionRecord[], reset: boolean): void;
  /**
   * Called with true when everything that the inspector knows has come; with false when it is going
   * to tell more than it can tell at once. At first it is false.
   */
  caughtUp(hasAll: boolean): void;
  /**
   * Called with the reason, in words, when the connection breaks; with undefined when it is back.
   */
  connection(fault: string | undefined): void;
}

/** A running watch. */
export interface Watch {
  /** Ends the watch. */
  close(): void;
}

/** No inspector answered. */
class InspectorUnreachableError extends Error {
  override readonly name = 'InspectorUnreachableError';
  readonly code = 'ERR_RPCUDP_INSPECTOR_UNREACHABLE';

  /** The reason, in words. */
  readonly reason: string;

  constructor({ host }: URL, reason: string) {
    super(`No inspector answers at ${host}: ${reason}`);
    this.reason = reason;
  }
}

/** The inspector's messages have about 256 Ki characters; a larger record comes alone. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;
/**
 * The delay stops growing after this many failures in a row, at 2 s at most, because a person is
 * waiting.
 */
const MAX_FAILURES_IN_A_ROW = 4;

/**
 * Watches the inspector at `url`, and connects again whenever the connection breaks, until it is
 * closed. Resolves when the inspector has answered.
 *
 * Rejects with InspectorUrlError for a URL that cannot belong to an inspector, and with
 * InspectorUnreachableError if no inspector answers.
 */
export async function watchInspector(url: string, watcher: Watcher): Promise<Watch> {
  const connection = new WatchConnection(socketUrl(url, 'watch'), watcher);
  await connection.open();
  return connection;
}

class WatchConnection implements Watch {
  readonly #url: URL;
  readonly #watcher: Watcher;
  #socket: WebSocket | undefined;
  #timer: unknown = undefined;
  #failuresInARow = 0;
  #isClosed = false;
  #told = new ToldRecords();

  constructor(url: URL, watcher: Watcher) {
    this.#url = url;
    this.#watcher = watcher;
  }

  close(): void {
    this.#isClosed = true;
    systemClock.clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  /** Resolves when the connection is open. @throws InspectorUnreachableError */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url, {
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        maxPayload: MAX_MESSAGE_BYTES,
        perMessageDeflate: false,
      });
      this.#socket = socket;
      socket.on('open', () => {
        this.#failuresInARow = 0;
        // Attached only now, because only an open connection can break.
        socket.on('close', () => {
          this.#broke('the connection was closed');
        });
        resolve();
      });
      socket.on('message', (data) => {
        this.#take((data as Buffer).toString());
      });
      socket.on('unexpected-response', (_request, { statusCode }) => {
        reject(new InspectorUnreachableError(this.#url, refusalWords(statusCode)));
        socket.terminate();
      });
      socket.on('error', (error) => {
        reject(new InspectorUnreachableError(this.#url, error.message));
      });
    });
  }

  #broke(reason: string): void {
    if (this.#isClosed) return;
    this.#watcher.connection(`the inspector is gone: ${reason}`);
    this.#failuresInARow = Math.min(this.#failuresInARow + 1, MAX_FAILURES_IN_A_ROW);
    const delayMs = reconnectDelayMs(this.#failuresInARow, systemRandom);
    this.#timer = systemClock.setTimeout(() => void this.#reopen(), delayMs);
  }

  async #reopen(): Promise<void> {
    try {
      await this.open();
      this.#watcher.connection(undefined);
    } catch (error) {
      this.#broke((error as InspectorUnreachableError).reason);
    }
  }

  #take(text: string): void {
    const message = readMessage(text);
    if (message === undefined) return;
    const { hub, position, reset, caughtUp, records } = message;
    const isOther = reset && hub !== this.#url.searchParams.get('hub');
    if (isOther) this.#told = new ToldRecords();
    // A new connection tells the inspector what was seen last, and gets what has come since then.
    this.#url.searchParams.set('hub', hub);
    this.#url.searchParams.set('position', String(position));
    this.#watcher.records(
      records
        .flatMap((record) => readRecord(record) ?? [])
        .filter((record) => this.#told.isNews(record)),
      isOther,
    );
    this.#watcher.caughtUp(caughtUp);
  }
}

interface Message {
  readonly hub: string;
  readonly position: number;
  readonly reset: boolean;
  readonly caughtUp: boolean;
  readonly records: readonly unknown[];
}

function readMessage(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Partial<Message> | null;
    const { hub, position, reset, caughtUp, records } = message ?? {};
    if (typeof hub !== 'string' || typeof position !== 'number') return undefined;
    if (!Array.isArray(records)) return undefined;
    // Inspectors of earlier versions do not say it.
    return { hub, position, reset: reset === true, caughtUp: caughtUp !== false, records };
  } catch {
    return undefined;
  }
}

function refusalWords(status: number | undefined): string {
  return status === 404
    ? 'the token is wrong (the inspector was restarted, or the URL is incomplete)'
    : `it answered with HTTP status ${status}`;
}
