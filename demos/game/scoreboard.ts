/** Scoreboard: the lines that the game prints, one a second. */
import type { AnyEndpoint, EndpointStats } from 'rpcudp';
import { Ages } from './ages.js';

const COUNTS = ['sent', 'received', 'replaced', 'dropped'] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

const HEADINGS = ['second', 'players', ...COUNTS, 'age p50', 'p99', 'slow: worlds', 'p50', 'p99'];
const CELL_WIDTH = 7;
const GAP = '  ';

export class Scoreboard {
  /** Of what the players see, and of what the one behind the slow link sees. */
  readonly ages = new Ages();
  readonly slowAges = new Ages();
  /** At the last line, and how many worlds the slow one had seen then. */
  #counts: Counts = { sent: 0, received: 0, replaced: 0, dropped: 0 };
  #slowWorlds = 0;

  get headings(): string {
    return rowOf(HEADINGS);
  }

  /** The line of this second. Updates are counted since the last one, of all endpoints together. */
  line(
    second: number,
    players: number,
    slowWorlds: number,
    endpoints: readonly AnyEndpoint[],
  ): string {
    const before = this.#counts;
    const counts = sum(endpoints.map((endpoint) => countsOf(endpoint.stats())));
    const slow = slowWorlds - this.#slowWorlds;
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

function countsOf({ notifications, requests }: EndpointStats): Counts {
  const { sent, replaced, ...drops } = notifications;
  const dropped = Object.values(drops).reduce((total, count) => total + count, 0);
  return { sent, received: requests.finished, replaced, dropped };
}

function sum(all: readonly Counts[]): Counts {
  const total: Counts = { sent: 0, received: 0, replaced: 0, dropped: 0 };
  for (const counts of all) for (const name of COUNTS) total[name] += counts[name];
  return total;
}
