/** Scoreboard: the lines that the game prints, one a second. */
import type { AnyEndpoint } from 'rpcudp';
import { Ages } from './ages.js';

const COUNTS = ['sent', 'received', 'replaced', 'dropped'] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

const HEADINGS = ['second', 'players', ...COUNTS, 'age p50', 'p99', 'slow: worlds', 'p50', 'p99'];
const CELL_WIDTH = 7;
const GAP = '  ';

/** What a line is made of. The counts grow from the beginning on, for all endpoints together. */
export interface Standing {
  readonly players: number;
  readonly endpoints: readonly AnyEndpoint[];
  /** How many worlds the slow player has seen. */
  readonly slowWorlds: number;
}

export class Scoreboard {
  /** Of what the players see, and of what the one behind the slow link sees. */
  readonly ages = new Ages();
  readonly slowAges = new Ages();
  /** At the last line. */
  #counts: Counts = { sent: 0, received: 0, replaced: 0, dropped: 0 };
  #slowWorlds = 0;

  /** The headings of the lines, which count from now on. */
  begin({ endpoints, slowWorlds }: Standing): string {
    this.#counts = countsOf(endpoints);
    this.#slowWorlds = slowWorlds;
    for (const ages of [this.ages, this.slowAges]) ages.read();
    return rowOf(HEADINGS);
  }

  /** The line of this second. */
  line(second: number, { players, endpoints, slowWorlds }: Standing): string {
    const before = this.#counts;
    const slow = slowWorlds - this.#slowWorlds;
    const counts = countsOf(endpoints);
    this.#counts = counts;
    this.#slowWorlds = slowWorlds;
    return rowOf([
      ...[second, players, ...COUNTS.map((name) => counts[name] - before[name])],
      ...[...this.ages.read(), slow, ...this.slowAges.read()],
    ]);
  }
}

function rowOf(cells: readonly (string | number)[]): string {
  const widths = HEADINGS.map(({ length }) => Math.max(length, CELL_WIDTH));
  return cells.map((cell, column) => String(cell).padStart(widths[column] ?? 0)).join(GAP);
}

function countsOf(endpoints: readonly AnyEndpoint[]): Counts {
  const total: Counts = { sent: 0, received: 0, replaced: 0, dropped: 0 };
  for (const endpoint of endpoints) {
    const { notifications, requests } = endpoint.stats();
    const { sent, replaced, ...drops } = notifications;
    total.sent += sent;
    total.received += requests.finished;
    total.replaced += replaced;
    for (const count of Object.values(drops)) total.dropped += count;
  }
  return total;
}
