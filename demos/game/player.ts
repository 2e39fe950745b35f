/** Player: a client of the game. It joins, tells where it is 20 times a second, and leaves. */
import { createEndpoint } from 'rpcudp';
import type { AnyEndpoint, Call, PeerOf, SocketAddress, Transport } from 'rpcudp';
import { nowMs, UPDATE_EVERY_MS } from './place.js';
import type { Seats, Told } from './seats.js';
import { Ticks } from './ticks.js';
import { View } from './view.js';
import type { Watching } from './view.js';

const RADIUS = 400;
const RADIANS_AN_UPDATE = 0.05;
/** How long a call may take. The slow link holds what came before it. */
const PATIENCE_MS = 15_000;

interface PlayerOptions {
  readonly name: string;
  readonly watching: Watching;
  /** Default: UDP. */
  readonly transport?: Transport;
}

export class Player {
  readonly name: string;
  readonly view: View;
  readonly endpoint: AnyEndpoint;
  /** The calls that were not answered as they should be. At most two. */
  readonly failures: string[] = [];
  /** What the arena said when the player left. */
  told: Told = { worlds: 0, replaced: 0 };

  readonly #arena: PeerOf<Seats['handlers']>;
  #ticks: Ticks | undefined;
  #angle = 0;

  private constructor(name: string, view: View, endpoint: AnyEndpoint, arena: SocketAddress) {
    this.name = name;
    this.view = view;
    this.endpoint = endpoint;
    this.#arena = endpoint.peer<Seats['handlers']>(arena);
  }

  static async open(arena: SocketAddress, options: PlayerOptions): Promise<Player> {
    const { name, watching, transport } = options;
    const view = new View(watching);
    const endpoint = await createEndpoint({
      ...(transport === undefined ? { host: '127.0.0.1' } : { transport }),
      handlers: view.handlers,
    });
    return new Player(name, view, endpoint, arena);
  }

  async join(): Promise<void> {
    await this.#answered(this.#arena.call('join', [this.name], { timeoutMs: PATIENCE_MS }));
    this.#ticks = new Ticks(UPDATE_EVERY_MS, () => this.#move());
  }

  #move(): void {
    this.#angle += RADIANS_AN_UPDATE;
    const x = Math.round(RADIUS * (1 + Math.cos(this.#angle)));
    const y = Math.round(RADIUS * (1 + Math.sin(this.#angle)));
    this.#arena.notify('moved', [x, y, nowMs()], { latest: 'position' });
  }

  async leave(): Promise<void> {
    this.#ticks?.stop();
    const call = this.#arena.call('leave', [], { timeoutMs: PATIENCE_MS });
    this.told = (await this.#answered(call)) ?? this.told;
  }

  async #answered<Result>(call: Call<Result>): Promise<Result | undefined> {
    const outcome = await call;
    if (outcome.state === 'resolved') return outcome.value;
    this.failures.push(`${this.name}: ${call.id} is ${outcome.state}`);
    return undefined;
  }

  /** Closes its endpoint. The arena learns nothing of it. */
  async close(): Promise<void> {
    this.#ticks?.stop();
    await this.endpoint.close();
  }
}
