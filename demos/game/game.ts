/** Game: an arena and its players, in one process. Two of the players have bad luck. */
import { udpTransport } from 'rpcudp';
import type { AnyEndpoint, Transport } from 'rpcudp';
import { SeededRandom } from 'rpcudp/testing';
import type { Ages } from './ages.js';
import { Arena } from './arena.js';
import { Player } from './player.js';
import { Scoreboard } from './scoreboard.js';
import type { Standing } from './scoreboard.js';
import { SlowLink } from './slow-link.js';
import { verdictOf } from './verdict.js';
import type { Claim, Played } from './verdict.js';

const PLAYERS = 50;
const SLOW_LINK = { bytesPerSecond: 5_000, delayMs: 60, lossRate: 0.03 };

export class Game {
  /**
   * The endpoints that are worth a look, by the names of their owners: the arena, the slow player,
   * and one of the others.
   */
  readonly shown: Readonly<Record<string, AnyEndpoint>>;

  readonly #arena: Arena;
  readonly #scoreboard: Scoreboard;
  readonly #others: readonly Player[];
  readonly #slow: Player;
  readonly #vanishing: Player;
  readonly #players: readonly Player[];

  private constructor(arena: Arena, scoreboard: Scoreboard, players: readonly Player[]) {
    const [slow, vanishing, ...others] = players as readonly [Player, Player, ...Player[]];
    this.#arena = arena;
    this.#scoreboard = scoreboard;
    this.#slow = slow;
    this.#vanishing = vanishing;
    this.#others = others;
    this.#players = players;
    const watched = [slow, ...others.slice(0, 1)].map(({ name, endpoint }) => [name, endpoint]);
    this.shown = { arena: arena.endpoint, ...(Object.fromEntries(watched) as typeof this.shown) };
  }

  static async open(): Promise<Game> {
    const arena = await Arena.open();
    const scoreboard = new Scoreboard();
    const { address } = arena.endpoint;
    const { ages, slowAges } = scoreboard;
    const others = Array.from({ length: PLAYERS - 2 }, (_, index) => `p${String(index + 1)}`);
    const open = (name: string, ofAges: Ages, transport?: Transport): Promise<Player> => {
      // Nobody watches those who have bad luck: they are seen late, or not at all.
      const rival = others[(others.indexOf(name) + 1) % others.length] ?? name;
      const watching = { rival, ages: ofAges, newest: () => arena.worlds };
      return Player.open(address, { name, watching, ...(transport && { transport }) });
    };
    const link = new SlowLink(udpTransport({ host: '127.0.0.1' }), SLOW_LINK, new SeededRandom(1));
    const players = [
      await open('slow', slowAges, link),
      await open('gone', ages),
      ...(await Promise.all(others.map((name) => open(name, ages)))),
    ];
    return new Game(arena, scoreboard, players);
  }

  async join(): Promise<void> {
    // One after the other, so that they do not all move at the same moment.
    for (const player of this.#players) await player.join();
  }

  /** One player is gone, as if its process had been killed. */
  async vanish(): Promise<void> {
    await this.#vanishing.close();
  }

  /** Whether the arena has removed somebody. */
  get hasRemoved(): boolean {
    return this.#arena.seats.removed.length > 0;
  }

  get #standing(): Standing {
    return {
      players: this.#arena.seats.size,
      endpoints: [this.#arena, ...this.#players].map(({ endpoint }) => endpoint),
      slowWorlds: this.#slow.view.worlds,
    };
  }

  /** The headings of the lines, which count from now on. */
  begin(): string {
    return this.#scoreboard.begin(this.#standing);
  }

  /** The line of this second. */
  line(second: number): string {
    return this.#scoreboard.line(second, this.#standing);
  }

  /** Those who are still there leave. Returns what became of the promises of the game. */
  async leave(): Promise<Claim[]> {
    await Promise.all([this.#slow, ...this.#others].map((player) => player.leave()));
    return verdictOf({
      others: this.#others.map(played),
      slow: played(this.#slow),
      vanished: this.#vanishing.name,
      removed: this.#arena.seats.removed,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#players.map((player) => player.close()));
    await this.#arena.close();
  }
}

function played({ name, told, view: { worlds, older, behind }, failures }: Player): Played {
  return { name, told, seen: { worlds, older, behind }, failures };
}
