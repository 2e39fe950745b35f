/** Device: a caller of the sensor demo. It sends readings, and remembers which were answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEndpoint } from 'rpcudp';
import type { AnyEndpoint, ContractApi, Interceptor, Peer, SocketAddress } from 'rpcudp';
import { sensorContract } from './contract.js';

const GAP_MS = 40;
const READINGS_AT_ONCE = 2;

/** Gives each call its token. */
function withToken(token: string): Interceptor {
  return ({ options }, next) => next({ headers: { ...options.headers, token } });
}

export class Device implements AsyncDisposable {
  readonly name: string;
  readonly endpoint: AnyEndpoint;
  readonly server: Peer<ContractApi<typeof sensorContract>>;
  /** The numbers of the readings that were answered. Bounded by how long the demo runs. */
  readonly answered: number[] = [];
  /** How many were not run: the server stops, or runs as many as it may. */
  readonly refused = { closing: 0, overloaded: 0 };
  /** How many had no answer: nobody knows whether they were kept. */
  unanswered = 0;
  /** How the others ended, which must not happen. Bounded: after the first it sends no more. */
  readonly failed: string[] = [];
  /** Those under way. Bounded by the time-out of calls. */
  readonly #calls = new Set<Promise<void>>();
  #sent = 0;

  private constructor(name: string, endpoint: AnyEndpoint, server: SocketAddress) {
    this.name = name;
    this.endpoint = endpoint;
    this.server = endpoint.peer(server, sensorContract);
  }

  /** @param token without one, its calls are refused */
  static async open(name: string, server: SocketAddress, token?: string): Promise<Device> {
    const intercept = token === undefined ? [] : [withToken(token)];
    return new Device(name, await createEndpoint({ host: '127.0.0.1', intercept }), server);
  }

  /** Whether the server takes no more, so that no more are sent. */
  get hasStopped(): boolean {
    return this.refused.closing + this.unanswered + this.failed.length > 0;
  }

  /**
   * Sends readings until the server takes no more.
   *
   * @param gone aborts what still waits for an answer
   */
  async run(gone: AbortSignal): Promise<void> {
    while (!this.hasStopped && !gone.aborted) {
      this.send(READINGS_AT_ONCE, gone);
      await sleep(GAP_MS);
    }
    await Promise.all(this.#calls);
  }

  /** Sends so many readings at once. */
  send(readings: number, gone: AbortSignal): void {
    for (let reading = 1; reading <= readings; reading++) {
      const call = this.#sendOne(gone).finally(() => this.#calls.delete(call));
      this.#calls.add(call);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endpoint.close();
  }

  async #sendOne(signal: AbortSignal): Promise<void> {
    const number = ++this.#sent;
    const celsius = Math.round(200 + 50 * Math.sin(number / 100)) / 10;
    const outcome = await this.server.call('record', [{ number, celsius }], { signal });
    if (outcome.state === 'resolved') this.answered.push(number);
    else if (outcome.state !== 'rejected') this.unanswered += 1;
    else if (outcome.error.code === 'closing') this.refused.closing += 1;
    else if (outcome.error.code === 'overloaded') this.refused.overloaded += 1;
    else this.failed.push(`${this.name} ${number}: ${outcome.error.code}`);
  }
}
