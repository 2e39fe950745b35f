/**
 * Forwarder: sends datagrams to the workers that they belong to. Datagrams that arrive in one turn
 * of the event loop share envelopes, because each envelope takes one system call to send and one to
 * receive, whatever its size.
 */
import type { Clock } from '../time/clock.js';
import type { Transport } from '../transport/transport.js';
import { letterBytes, MAX_LETTER_BYTES, sealEnvelope } from './envelope.js';
import type { Letter } from './envelope.js';
import type { Door } from './message.js';

/** The host of all doors, and the source of all envelopes. */
export const DOOR_HOST = '127.0.0.1';

/**
 * Envelopes are filled up to this size. It is small, because a worker that keeps a part of one
 * datagram keeps the whole envelope in memory.
 */
const FULL_BYTES = 8 * 1024;

interface Post {
  letters: Letter[];
  bytes: number;
}

export class Forwarder {
  forwarded = 0;
  lost = 0;
  tooLarge = 0;

  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #doorOf: (slot: number) => Door | undefined;
  /**
   * The letters that wait for the end of the turn, by slot. Bounded by the number of workers, and
   * for each of them by `FULL_BYTES` plus one datagram.
   */
  readonly #posts = new Map<number, Post>();

  constructor(clock: Clock, transport: Transport, doorOf: (slot: number) => Door | undefined) {
    this.#clock = clock;
    this.#transport = transport;
    this.#doorOf = doorOf;
  }

  /** Forwards a datagram from `host`:`port` to the worker in `slot`, at the end of this turn. */
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
