/**
 * Probes: tells those who ask that an rpcudp endpoint is here. Nothing is kept about them, whoever
 * they are. An answer is never longer than its probe, even if it is padded because the probe asked
 * for that. So it amplifies no attack, and what else may be sent to its address does not change.
 */
import { isAnswerable } from '../address/source.js';
import type { Fate } from '../api/fate.js';
import type { Sender } from '../engine/sender.js';
import { isDrop } from '../wire/drop.js';
import type { Frame } from '../wire/frame.js';
import { answerToProbe, decodeProbe } from '../wire/probe.js';

export class Probes {
  readonly #sender: Sender;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** Takes a probe that arrived from `host`:`port`. Never throws. */
  accept({ id, datagram }: Frame, host: string, port: number): Fate {
    if (!isAnswerable(host, port)) return 'badSource';
    const body = decodeProbe(datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    this.#sender.send(answerToProbe(id, datagram), host, port);
    return 'probe.answered';
  }
}
