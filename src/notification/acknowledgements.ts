/**
 * Acknowledgements: takes the answers that belong to notifications: to the probes that follow them,
 * and those of peers that answer any request. Nobody reads these.
 */
import type { Fate } from '../api/fate.js';
import { formatAddress } from '../address/address.js';
import { readAnswer } from '../call/answer.js';
import type { StrayAnswers } from '../call/answers.js';
import { isDrop } from '../wire/drop.js';
import type { Frame } from '../wire/frame.js';
import type { AnswerType } from '../wire/frame-type.js';
import { readAnswerHeaderMap } from '../wire/header-map-reader.js';
import type { NotificationLedger } from './ledger.js';
import type { Outlet } from './outlet.js';

/** The members of a peer to which answers belong. */
interface AnsweringPeer {
  /** Undefined if it was never notified. */
  readonly madeOutlet: Outlet | undefined;
  /** An answer arrived. `native` says whether it had a header map. */
  answered(nowMs: number, native: boolean): void;
}

/** Gives the peer at an address, if it is known. */
interface AnsweringPeers {
  find(host: string, port: number): AnsweringPeer | undefined;
}

export class Acknowledgements implements StrayAnswers {
  readonly #ledger: NotificationLedger;
  readonly #peers: AnsweringPeers;

  constructor(ledger: NotificationLedger, peers: AnsweringPeers) {
    this.#ledger = ledger;
    this.#peers = peers;
  }

  accept(
    frame: Frame,
    type: AnswerType,
    host: string,
    port: number,
    atMs: number,
  ): Fate | undefined {
    const peer = this.#peers.find(host, port);
    const outlet = peer?.madeOutlet;
    const asked = type === 'present' ? outlet?.whatAnswers(frame.id) : undefined;
    if (asked === undefined && outlet?.isAnswerable(frame.id) !== true) {
      const notifiedAt = this.#ledger.answerable.addressOf(frame.id);
      if (notifiedAt === undefined) return undefined;
      if (notifiedAt !== formatAddress({ host, port })) return 'response.wrongPeer';
    }
    const { datagram } = frame;
    const answer = readAnswer(type, datagram);
    if (isDrop(answer)) return `malformed.${answer.reason}`;
    peer?.answered(atMs, readAnswerHeaderMap(datagram, answer.end) !== undefined);
    if (asked === undefined) {
      outlet?.answeredItself(frame.id, atMs);
      return 'response.ignored';
    }
    if (asked === 'late') return 'response.late';
    outlet?.answered(atMs);
    return 'response.present';
  }
}
