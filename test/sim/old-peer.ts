/**
 * Old peer: behaves like Python's rpcudp 5.x. It sends each request once, runs every request that
 * arrives, takes answers from any address, and ignores other types and what follows the body.
 */
import type { SocketAddress } from '../../src/address/address.js';
import type { Receiver, Transport } from '../../src/transport/transport.js';
import { datagramOf, idOf, TYPE, valuesOf } from './datagram.js';
import { PORT } from './faulty-transport.js';
import type { NodePlan } from './plan.js';
import { resultText } from './oracle.js';
import type { World } from './world.js';

const TIMEOUT_MS = 5_000;

export class OldPeer implements Receiver {
  readonly kind = 'old';
  /** It never restarts. But it may take the place of an endpoint for one life. */
  readonly incarnation: number;
  readonly name: string;
  readonly host: string;
  readonly #world: World;
  readonly #transport: Transport;
  /** Ids of calls that wait for an answer. Bounded by the calls made within the time-out. */
  readonly #waiting = new Set<string>();
  #counter = 0;

  constructor(world: World, { name, host }: Pick<NodePlan, 'name' | 'host'>, incarnation = 1) {
    this.#world = world;
    this.name = name;
    this.host = host;
    this.incarnation = incarnation;
    this.#transport = world.network.transport(host, PORT);
  }

  get address(): SocketAddress {
    return { host: this.host, port: PORT };
  }

  async open(): Promise<void> {
    await this.#transport.open(this);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** Calls an endpoint as old peers do: without a header map, and only once. */
  call(to: SocketAddress, procedure: string, args: readonly unknown[]): void {
    const id = this.#world.dice.bytes(20).toString('hex');
    this.#waiting.add(id);
    this.#world.clock.setTimeout(() => this.#waiting.delete(id), TIMEOUT_MS);
    this.#send(datagramOf(TYPE.request, id, [procedure, args]), to);
  }

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    if (datagram[0] === TYPE.bundle) this.#world.bundleIgnored(datagram);
    let body: unknown;
    try {
      [body] = valuesOf(datagram);
    } catch {
      return;
    }
    if (datagram[0] === TYPE.request) this.#serve(idOf(datagram), body, { host, port });
    else if (datagram[0] === TYPE.response && this.#waiting.delete(idOf(datagram))) {
      this.#world.coverage.reach('oldPeer:answered');
    }
  }

  transportFailed(error: Error): void {
    throw error;
  }

  #serve(id: string, body: unknown, from: SocketAddress): void {
    if (from.port === 0 || !Array.isArray(body)) return;
    const [procedure, args] = body as unknown[];
    if (typeof procedure !== 'string' || !Array.isArray(args)) return;
    const [token, detail] = args as unknown[];
    const reply = (result: unknown): void => {
      this.#ran(id, procedure, token, from, result);
      this.#send(datagramOf(TYPE.response, id, result), from);
    };
    switch (procedure) {
      case 'echo':
        reply(['echo', token, detail ?? null]);
        return;
      case 'add':
        this.#counter += 1;
        reply([token, this.#counter]);
        return;
      case 'slow': {
        const delayMs = typeof detail === 'number' ? Math.min(Math.max(detail, 0), 10_000) : 0;
        this.#world.clock.setTimeout(() => {
          reply([token, 'slow']);
        }, delayMs);
        return;
      }
      default:
        // It knows no other procedures, and does not answer.
        return;
    }
  }

  #ran(id: string, procedure: string, token: unknown, from: SocketAddress, result: unknown): void {
    this.#world.oracle.add({
      serial: this.#world.oracle.count,
      token: String(token),
      procedure,
      ending: false,
      node: this.name,
      incarnation: this.incarnation,
      sender: `${from.host}:${from.port}`,
      transactionId: id,
      startedAtMs: this.#world.nowMs,
      endedAtMs: this.#world.nowMs,
      result: resultText(result),
      declared: undefined,
    });
  }

  #send(datagram: Buffer, { host, port }: SocketAddress): void {
    this.#transport.send(datagram, host, port, () => undefined);
  }
}
