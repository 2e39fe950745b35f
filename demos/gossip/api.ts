/** What a node of the gossip demo serves: to its own kind, and to those who read and write. */
import type { HandlerScope } from 'rpcudp';
import type { Digest, Entry } from './store.js';

/** What one node has to tell another. */
export interface News {
  readonly members: string[];
  readonly entries: Entry[];
}

export interface NodeApi {
  /**
   * The caller tells whom it knows and what it has. It gets what is new to it, and what it has that
   * is new here is asked back from it.
   */
  exchange(scope: HandlerScope<NodeApi>, members: string[], digest: Digest): Promise<News>;
  /** What is newer here than in the digest. */
  newerThan(scope: HandlerScope, digest: Digest): Entry[];
  /** Writes a key, and gives the stamp of the write. */
  put(scope: HandlerScope, key: string, value: string): string;
  /** Reads a key, once it is here as it was written at the stamp, or later. */
  get(scope: HandlerScope, key: string, atLeast: string): Promise<string>;
}
