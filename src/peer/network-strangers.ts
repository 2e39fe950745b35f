/** Network strangers: the strangers of one network, as a link of the eviction order. */
import { LinkedList } from '../call/linked-list.js';
import type { Linked } from '../call/linked-list.js';
import type { Origin } from '../handler/origin.js';

export class NetworkStrangers<Peer extends Linked<Peer>> implements Linked<NetworkStrangers<Peer>> {
  list: object | undefined;
  previous: NetworkStrangers<Peer> | undefined;
  next: NetworkStrangers<Peer> | undefined;
  /** Undefined for this machine itself. */
  readonly network: Origin | undefined;
  /** How many there are, those in use included. The eviction order counts them. */
  size = 0;
  /** The one that was in use least recently is first. Those in use may be missing. */
  readonly idle = new LinkedList<Peer>();

  constructor(network: Origin | undefined) {
    this.network = network;
  }
}
