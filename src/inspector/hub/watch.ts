/** Watches an inspector from another process, as its page does: what there is, then what is new, each record once. */
import { WebSocket } from 'ws';
import { systemRandom } from '../../random.js';
import { reconnectDelayMs } from './reconnect-delay.js';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';
import { socketUrl } from './socket-url.js';

/** Whoever looks. Its methods must not throw. */
export interface Watcher {
  /** `reset`: what came before is to be forgotten, these records start anew. */
  records(records: readonly InspectionRecord[], reset: boolean): void;
  /** The connection broke off, and why, in words; undefined: it is there again. */
  connection(fault: string | undefined): void;
}

/** A watch that is kept. */
export interface Watch {
  /** Ends it. */
  close(): void;
}

/** No inspector answered. */
class InspectorUnreachableError extends Error {
  override readonly name = 'InspectorUnreachableError';
  readonly code = 'ERR_RPCUDP_INSPECTOR_UNREACHABLE';

  /** Why, in words. */
  readonly reason: string;

  constructor({ host }: URL, reason: string) {
    super(`No inspector answers at ${host}: ${reason}`);
    this.reason = reason;
  }
}

/** Ours are of some 256 Ki characters, and a record that is larger alone. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;
/** Somebody looks: beyond so many failures in a row, the delay grows no more. It is 2 s at most then. */
const MAX_FAILURES_IN_A_ROW = 4;

/**
 * Watches the inspector at `url`, and comes back whenever the connection breaks off, until it is told to end. Resolves when
 * the inspector has answered.
 *
 * Rejects with InspectorUrlError for what is no URL of an inspector, with InspectorUnreachableError if there is none.
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
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;
  #isClosed = false;

  constructor(url: URL, watcher: Watcher) {
    this.#url = url;
    this.#watcher = watcher;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  /** Resolves when it is open. @throws InspectorUnreachableError */
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
        // Attached only now: a connection that never was cannot break off.
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
    this.#timer = setTimeout(() => void this.#reopen(), delayMs);
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
    const { hub, position, reset, records } = message;
    // Whoever comes back says what was seen last, and gets what has come since.
    this.#url.searchParams.set('hub', hub);
    this.#url.searchParams.set('position', String(position));
    this.#watcher.records(
      records.flatMap((record) => readRecord(record) ?? []),
      reset,
    );
  }
}

interface Message {
  readonly hub: string;
  readonly position: number;
  readonly reset: boolean;
  readonly records: readonly unknown[];
}

function readMessage(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Partial<Message> | null;
    const { hub, position, reset, records } = message ?? {};
    return typeof hub === 'string' && typeof position === 'number' && Array.isArray(records)
      ? { hub, position, reset: reset === true, records }
      : undefined;
  } catch {
    return undefined;
  }
}

function refusalWords(status: number | undefined): string {
  return status === 404
    ? 'its token is another one (it was started anew, or the URL is not whole)'
    : `it says ${status}`;
}
