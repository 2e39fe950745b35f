/** Store: keys with values, of which the newest write wins, in whatever order they come. */
import { EventEmitter, once } from 'node:events';
import { fail } from 'rpcudp';

/** Small enough that the digest of all keys fits into a request, which has 8 KiB. */
export const MAX_KEYS = 64;
const KEY = /^[\w-]{1,24}$/;
const MAX_VALUE_BYTES = 64;
/** So many entries fit into a datagram that no path fragments. The next ones come a tick later. */
export const MAX_ENTRIES = 4;

/** A key as it was written. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** The time of the write in ISO 8601, and who wrote. A later write has a greater one, as text. */
  readonly stamp: string;
}

/** The stamp of each key: enough to tell what is newer here or there. */
export type Digest = (readonly [key: string, stamp: string])[];

export class Store {
  /** At most MAX_KEYS. */
  readonly #entries = new Map<string, Entry>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #writer: string;
  readonly #nowMs: () => number;
  #latestMs = 0;

  /**
   * @param writer the name of this node, which no other node has
   * @param nowMs the time of day
   */
  constructor(writer: string, nowMs: () => number) {
    this.#writer = writer;
    this.#nowMs = nowMs;
  }

  /** Writes, later than all writes that are known here, whatever the clocks say. */
  put(key: string, value: string): Entry {
    const atMs = Math.max(this.#nowMs(), this.#latestMs + 1);
    const entry = { key, value, stamp: `${new Date(atMs).toISOString()} ${this.#writer}` };
    if (!isEntry(entry)) fail('badEntry', 'Key or value is no text, or too long');
    if (!this.#hasRoomFor(key)) fail('storeFull', `There are ${MAX_KEYS} keys already`);
    this.merge([entry]);
    return entry;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Resolves when a key is here, as it was written at `stamp` or later. Rejects by the signal. */
  async until(key: string, stamp: string, signal: AbortSignal): Promise<Entry> {
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined && entry.stamp >= stamp) return entry;
      await once(this.#changes, 'changed', { signal });
    }
  }

  digest(): Digest {
    return [...this.#entries.values()].map(({ key, stamp }) => [key, stamp]);
  }

  /** What is newer here, at most MAX_ENTRIES. */
  newerThan(digest: Digest): Entry[] {
    const there = new Map(digest);
    return [...this.#entries.values()]
      .filter(({ key, stamp }) => stamp > (there.get(key) ?? ''))
      .slice(0, MAX_ENTRIES);
  }

  /** Whether something is newer there. */
  isBehind(digest: Digest): boolean {
    return digest.some(([key, stamp]) => stamp > (this.#entries.get(key)?.stamp ?? ''));
  }

  /** Takes what is newer than here. What is no entry, or finds no room, is left out. */
  merge(entries: readonly unknown[]): void {
    for (const entry of entries) {
      if (!isEntry(entry) || !this.#hasRoomFor(entry.key)) continue;
      if (entry.stamp <= (this.#entries.get(entry.key)?.stamp ?? '')) continue;
      this.#entries.set(entry.key, entry);
      this.#latestMs = Math.max(this.#latestMs, timeOf(entry.stamp));
    }
    this.#changes.emit('changed');
  }

  #hasRoomFor(key: string): boolean {
    return this.#entries.has(key) || this.#entries.size < MAX_KEYS;
  }
}

/** What comes from another process may be anything. */
function isEntry(entry: unknown): entry is Entry {
  const { key, value, stamp } = Object(entry) as Readonly<Record<keyof Entry, unknown>>;
  if (typeof key !== 'string' || typeof value !== 'string' || typeof stamp !== 'string')
    return false;
  if (!KEY.test(key) || Buffer.byteLength(value) > MAX_VALUE_BYTES) return false;
  return STAMP.test(stamp) && !Number.isNaN(timeOf(stamp));
}

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \w{1,8}$/;

/** The time of a stamp, in milliseconds since 1970. */
function timeOf(stamp: string): number {
  return Date.parse(stamp.slice(0, stamp.indexOf(' ')));
}
