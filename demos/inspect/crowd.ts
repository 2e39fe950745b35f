/** Crowd: endpoints that call each other, of which one may be ill. */
import type { AnyEndpoint, Clock, Transport } from 'rpcudp';
import type { SeededRandom } from 'rpcudp/testing';
import type { IllMember } from './illness.js';
import { Member } from './member.js';

/** Where a crowd lives: in this process over UDP, or in a simulation. */
export interface World {
  readonly random: SeededRandom;
  /** Undefined: the system's. */
  readonly clock?: Clock;
  /** A transport at this port, or at any free one for 0. */
  transport(port: number): Transport;
  sleep(ms: number): Promise<void>;
  /** Is told of each endpoint that opens. */
  opened(endpoint: AnyEndpoint, name: string): void;
}

/** Each member calls those that come so many places after it. */
const NEIGHBOURS = [1, 2, 5, 11];

export class Crowd {
  readonly #members: readonly Member[];
  readonly #living: Promise<unknown>;

  private constructor(members: readonly Member[]) {
    this.#members = members;
    this.#living = Promise.all(
      members.map((member, index) =>
        member.live(NEIGHBOURS.map((places) => addressOf(members, index + places))),
      ),
    );
  }

  /** Starts so many members. They call each other until `close`. */
  static async start(world: World, size: number, ill?: IllMember): Promise<Crowd> {
    const members: Member[] = [];
    for (let index = 0; index < size; index += 1) {
      const illness = ill?.index === index ? ill.illness : undefined;
      members.push(await Member.start(world, nameOf(index), illness));
    }
    return new Crowd(members);
  }

  /** The address of a member, counted from 0; after the last one, the first follows. */
  addressOf(index: number): string {
    return addressOf(this.#members, index);
  }

  async close(): Promise<void> {
    for (const member of this.#members) member.stop();
    await this.#living;
    await Promise.all(this.#members.map((member) => member.close()));
  }
}

/** The name of a member. */
export function nameOf(index: number): string {
  return `node ${index + 1}`;
}

function addressOf(members: readonly Member[], index: number): string {
  return (members[index % members.length] as Member).address;
}
