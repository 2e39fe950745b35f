/** Arena: the server of the game. It tells all players where everybody is, 20 times a second. */
import { createEndpoint } from 'rpcudp';
import type { Endpoint } from 'rpcudp';
import { UPDATE_EVERY_MS } from './place.js';
import { Seats } from './seats.js';
import { Ticks } from './ticks.js';

/**
 * The most worlds that are on their way to one player. What is on its way cannot be replaced any
 * more: with few of them, what a slow link carries is new.
 */
const ON_THE_WAY = 4;

export class Arena {
  readonly seats: Seats;
  readonly endpoint: Endpoint<Seats['handlers']>;
  /** How many worlds it has made: their numbers. */
  worlds = 0;
  readonly #ticks: Ticks;

  private constructor(seats: Seats, endpoint: Endpoint<Seats['handlers']>) {
    this.seats = seats;
    this.endpoint = endpoint;
    // Nobody says goodbye whose process or network is gone.
    endpoint.on('peer.silent', ({ peer }) => seats.remove(peer));
    this.#ticks = new Ticks(UPDATE_EVERY_MS, () => this.#tellAll());
  }

  static async open(): Promise<Arena> {
    const seats = new Seats();
    const { handlers } = seats;
    return new Arena(
      seats,
      await createEndpoint({ host: '127.0.0.1', notifyFlight: ON_THE_WAY, handlers }),
    );
  }

  #tellAll(): void {
    const world = [(this.worlds += 1), this.seats.places()] as const;
    this.seats.tell((peers) => this.endpoint.broadcast(peers, 'world', world, { latest: 'world' }));
  }

  async close(): Promise<void> {
    this.#ticks.stop();
    await this.endpoint.close();
  }
}
