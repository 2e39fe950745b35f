/** Refusals: callers that the sensor service does not let in, and what they are told. */
import { InvalidArgumentsError } from 'rpcudp';
import type { Outcome, SocketAddress } from 'rpcudp';
import { Device } from './device.js';
import { issueToken } from './token.js';

const READING = { number: 1, celsius: 20 };
const TOO_HOT = { number: 1, celsius: 400 };

/** Calls a service in each way that it refuses, and prints how it does. */
export class Refusals {
  readonly #server: SocketAddress;
  readonly #options: { readonly signal: AbortSignal };

  /** @param signal aborts the calls */
  constructor(server: SocketAddress, signal: AbortSignal) {
    this.#server = server;
    this.#options = { signal };
  }

  /** @throws Error if something is not refused as it should be */
  async show(secret: string): Promise<void> {
    const soonMs = Date.now() + 60_000;
    const token = issueToken({ name: 'visitor', expiresAtMs: soonMs }, secret);
    const forged = issueToken({ name: 'greenhouse', expiresAtMs: soonMs }, 'a guess');
    const expired = issueToken({ name: 'greenhouse', expiresAtMs: soonMs - 120_000 }, secret);
    await this.#stranger('Without a token', 'tokenMissing');
    await this.#stranger('With a forged token', 'tokenForged', forged);
    await this.#stranger('With a token of the past', 'tokenExpired', expired);
    await this.#tooHot(token);
  }

  async #stranger(what: string, code: string, token?: string): Promise<void> {
    await using device = await Device.open('stranger', this.#server, token);
    isRefused(what, await device.server.call('record', [READING], this.#options), code);
  }

  /** The contract is checked at both ends. */
  async #tooHot(token: string): Promise<void> {
    await using device = await Device.open('visitor', this.#server, token);
    try {
      device.server.call('record', [TOO_HOT], this.#options).cancel();
      throw new Error('The contract lets a wrong reading pass');
    } catch (error) {
      if (!(error instanceof InvalidArgumentsError)) throw error;
      console.log(`A wrong reading does not leave the device: ${error.message}`);
    }
    const unchecked = device.endpoint.peer(this.#server).call('record', [TOO_HOT], this.#options);
    isRefused('And if it is sent', await unchecked, 'invalidArguments');
  }
}

function isRefused(what: string, outcome: Outcome, code: string): void {
  if (outcome.state !== 'rejected' || outcome.error.code !== code) {
    throw new Error(`${what}: ${outcome.state}, and not refused as ${code}`);
  }
  console.log(`${what}: ${code} (${outcome.error.message})`);
}
