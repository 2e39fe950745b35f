/**
 * Hands datagrams on to the workers they belong to. What arrives in one turn of the event loop goes in as few
 * envelopes as it needs: each takes a system call to send and one to receive, whatever it holds.
 */
import type { Clock } from '../time/clock.js';
import type { Transport } from '../transport/transport.js';
import { letterBytes, MAX_LETTER_BYTES, sealEnvelope } from './envelope.js';
import type { Letter } from './envelope.js';
import type { Door } from './message.js';

/** The only host where doors are, and where envelopes come from. */
export const DOOR_HOST = '127.0.0.1';

/** What envelopes are filled to. What a worker keeps of one datagram keeps the envelope: it is not to be large. */
const FULL_BYTES = 8 * 1024;

interface Post {
  letters: Letter[];
  bytes: number;
}

export class Forwarder {
  /** Datagrams that the kernel took. */
  forwarded = 0;
  /** Datagrams whose worker was not there, or that the kernel refused. */
  lost = 0;
  /** Datagrams that no envelope holds. */
  tooLarge = 0;

  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #doorOf: (slot: number) => Door | undefined;
  /** By slot, what waits for the end of the turn. Bounded by the workers, and `FULL_BYTES` and a datagram for each. */
  readonly #posts = new Map<number, Post>();

  constructor(clock: Clock, transport: Transport, doorOf: (slot: number) => Door | undefined) {
    this.#clock = clock;
    this.#transport = transport;
    this.#doorOf = doorOf;
  }

  /** Hands on what came from `host` to the worker in `slot`, at the end of this turn. */
  forward(slot: number, datagram: Buffer, host: string, port: number): void {
    const letter = { datagram, host, port };
    const bytes = letterBytes(letter);
    if (bytes > MAX_LETTER_BYTES) {
      this.tooLarge += 1;
      return;
    }
    if (this.#posts.size === 0) this.#clock.afterPoll(this.#turnEnded);
    const post = this.#posts.get(slot);
    if (post === undefined) {
      this.#posts.set(slot, { letters: [letter], bytes });
      return;
    }
    if (post.bytes + bytes > FULL_BYTES) {
      this.#send(slot, post.letters);
      post.letters = [];
      post.bytes = 0;
    }
    post.letters.push(letter);
    post.bytes += bytes;
  }

  /** Hands on what waits, now. */
  flush(): void {
    const posts = [...this.#posts];
    this.#posts.clear();
    for (const [slot, { letters }] of posts) this.#send(slot, letters);
  }

  #send(slot: number, letters: readonly Letter[]): void {
    const door = this.#doorOf(slot);
    if (door === undefined) {
      this.lost += letters.length;
      return;
    }
    const envelope = sealEnvelope(door.key, letters);
    this.#transport.send(envelope, DOOR_HOST, door.port, (error) => {
      if (error === null) this.forwarded += letters.length;
      else this.lost += letters.length;
    });
  }

  readonly #turnEnded = (): void => {
    this.flush();
  };
}
