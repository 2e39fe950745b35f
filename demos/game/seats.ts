/** Seats: who plays in the arena, and where each of them is. Serves the players. */
import { fail, formatAddress } from 'rpcudp';
import type { HandlerScope, Notification, Peer } from 'rpcudp';
import type { Place } from './place.js';
import type { View } from './view.js';

const MOST_PLAYERS = 100;

/** What a player was told. */
export interface Told {
  /** How many worlds were made for it. */
  readonly worlds: number;
  /** How many of these never left, because a newer one took their place. */
  readonly replaced: number;
}

interface Seat {
  readonly name: string;
  readonly peer: Peer<View['handlers']>;
  /** Undefined until it says where it is. */
  place: Place | undefined;
  worlds: number;
  replaced: number;
  last: Notification | undefined;
}

export class Seats {
  /** The names of those who were removed. Bounded by those who joined. */
  readonly removed: string[] = [];

  readonly handlers = {
    join: ({ sender, peer }: HandlerScope<View['handlers']>, name: string): void => {
      if (this.#seats.size >= MOST_PLAYERS) fail('full', 'There is no seat for one more');
      const nothing = { place: undefined, worlds: 0, replaced: 0, last: undefined };
      this.#seats.set(formatAddress(sender), { name, peer, ...nothing });
    },

    moved: ({ sender }: HandlerScope, x: number, y: number, atMs: number): void => {
      const seat = this.#seats.get(formatAddress(sender));
      // One datagram can overtake another, and can come from somebody who has left.
      if (seat === undefined || atMs < atMsOf(seat)) return;
      seat.place = [seat.name, x, y, atMs];
    },

    leave: ({ sender }: HandlerScope): Told => {
      const address = formatAddress(sender);
      const { worlds, replaced } = this.#seats.get(address) ?? fail('noSeat', 'You have no seat');
      this.#seats.delete(address);
      return { worlds, replaced };
    },
  };

  /** By address. Bounded by MOST_PLAYERS. */
  readonly #seats = new Map<string, Seat>();

  get size(): number {
    return this.#seats.size;
  }

  /** Where everybody is. */
  places(): Place[] {
    return [...this.#seats.values()].flatMap(({ place }) => (place === undefined ? [] : [place]));
  }

  /** Tells all players with this function, which gives a notification for each peer. */
  tell(broadcast: (peers: readonly Peer<View['handlers']>[]) => readonly Notification[]): void {
    const seats = [...this.#seats.values()];
    const told = broadcast(seats.map(({ peer }) => peer));
    for (const [index, seat] of seats.entries()) {
      // A world that still waited was replaced by the one that has just been made.
      if (seat.last?.state === 'replaced') seat.replaced += 1;
      seat.last = told[index];
      seat.worlds += 1;
    }
  }

  /** Removes the player at this address, if one is there. */
  remove(address: string): void {
    const seat = this.#seats.get(address);
    if (seat === undefined) return;
    this.#seats.delete(address);
    this.removed.push(seat.name);
  }
}

function atMsOf({ place }: Seat): number {
  return place?.[3] ?? 0;
}
