/** Network strangers: the strangers of one network, as a link of the eviction order. */
import { LinkedList } from '../call/linked-list.js';
import type { Linked } from '../call/linked-list.js';

export class NetworkStrangers<Peer extends Linked<Peer>> implements Linked<NetworkStrangers<Peer>> {
  list: object | undefined;
  previous: NetworkStrangers<Peer> | undefined;
  next: NetworkStrangers<Peer> | undefined;
  /** How many there are, those in use included. The eviction order counts them. */
  size = 0;
  /** Those that are not in use. The one that was in use least recently is first. */
  readonly idle = new LinkedList<Peer>();
}
