/**
 * Name reports: those who listen to the peer of a host name. They hear of the calls that are made by
 * the name, and of the health of the peer that it has at present, which is in use meanwhile.
 */
import type { Subscription } from 'xstate';
import { Listeners } from '../actor/listeners.js';
import type { PeerReport } from '../api/peer.js';
import type { Clock } from '../time/clock.js';
import type { PeerActor } from './actor.js';
import { reportHealth } from './health-reports.js';

export class NameReports extends Listeners<PeerReport> {
  readonly #peerNow: () => PeerActor;
  #following: Subscription | undefined;

  /** @param peerNow gives the peer that the name has, which lives unless the endpoint is closed */
  constructor(reportError: (error: unknown) => void, peerNow: () => PeerActor) {
    super(reportError);
    this.#peerNow = peerNow;
  }

  protected override usedChanged(used: boolean): void {
    const peer = used ? this.#peerNow() : undefined;
    this.#following?.unsubscribe();
    this.#following = peer?.reports.follow(this);
  }

  /** The name has another peer now. If that has another health, it is reported. */
  moved(from: PeerActor, to: PeerActor, clock: Clock): void {
    if (this.empty) return;
    this.#following?.unsubscribe();
    this.#following = to.reports.follow(this);
    if (to.health !== from.health) reportHealth(to, from.health, clock, this);
  }
}
