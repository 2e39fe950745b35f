/** Answers: gives each answer that arrives to the call that it belongs to. */
import type { AnyActorRef } from 'xstate';
import type { Fate } from '../api/fate.js';
import { formatAddress } from '../address/address.js';
import type { AnswerType } from '../wire/frame-type.js';
import { isDrop } from '../wire/drop.js';
import type { Frame } from '../wire/frame.js';
import { readAnswerHeaderMap } from '../wire/header-map-reader.js';
import { isFinal, readAnswer } from './answer.js';
import type { CallActor } from './call.js';
import type { Outstanding } from './outstanding.js';
import type { CallOwner } from './owner.js';

/** Takes answers that belong to no call. Never throws. */
export interface StrayAnswers {
  /** Gives the answer's fate; undefined if it belongs to nothing here. */
  accept(
    frame: Frame,
    type: AnswerType,
    host: string,
    port: number,
    atMs: number,
  ): Fate | undefined;
}

export class Answers {
  unreadableHeaders = 0;
  readonly #outstanding: Outstanding<CallActor>;
  readonly #socket: AnyActorRef;
  readonly #strays: StrayAnswers;

  /**
   * @param socket the actor that shows as the source of what it receives
   * @param strays gets the answers that belong to no call
   */
  constructor(outstanding: Outstanding<CallActor>, socket: AnyActorRef, strays: StrayAnswers) {
    this.#outstanding = outstanding;
    this.#socket = socket;
    this.#strays = strays;
  }

  /** Takes an answer that arrived from `host`:`port` at `atMs`. Never throws. */
  accept(frame: Frame, type: AnswerType, host: string, port: number, atMs: number): Fate {
    const { datagram } = frame;
    const call = this.#outstanding.find(datagram);
    if (call === undefined) return this.#fateOfStray(frame, type, host, port, atMs);
    const { state } = call;
    // Of a call that was not sent, the peer has seen a probe alone.
    if (state === 'queued' && type !== 'present') return 'response.orphan';
    const peer = askedPeer(call, host, port);
    if (peer === undefined) return this.#answeredElsewhere(call, host, port);
    const answer = readAnswer(type, datagram);
    // An answer that cannot be read settles nothing. The call keeps waiting.
    if (isDrop(answer)) return `malformed.${answer.reason}`;
    const headerMap = readAnswerHeaderMap(datagram, answer.end);
    const native = headerMap !== undefined;
    if (!native && answer.end < datagram.length) this.unreadableHeaders += 1;
    peer.answered(atMs, native);
    const late = state === 'timedOut';
    switch (answer.type) {
      case 'working':
        call.peerAtWork();
        return late ? 'response.late' : 'response.working';
      case 'present':
        call.peerPresent();
        return late ? 'response.late' : 'response.present';
      case 'challenge':
        call.challenged(answer.token);
        return late ? 'response.late' : 'response.challenge';
      case 'error':
        call.receiveError(answer.error, atMs, headerMap?.headers);
        return late ? 'response.late' : 'response.matched';
      case 'response':
        call.receiveResult(answer.value, atMs, headerMap?.headers);
        return late ? 'response.late' : 'response.matched';
    }
  }

  /**
   * Such an answer can be forged, so it settles nothing. The call notes only the first one, so that
   * many cannot do more than one.
   */
  #answeredElsewhere(call: CallActor, host: string, port: number): Fate {
    if (call.context.answeredFrom === undefined) {
      const from = formatAddress({ host, port });
      call.receive({ type: 'answeredElsewhere', from }, this.#socket);
      call.peer.callAnsweredElsewhere(call);
    }
    return 'response.wrongPeer';
  }

  /** The fate of an answer for which no call waits. */
  #fateOfStray(frame: Frame, type: AnswerType, host: string, port: number, atMs: number): Fate {
    const taken = this.#strays.accept(frame, type, host, port, atMs);
    if (taken !== undefined) return taken;
    const address = formatAddress({ host, port });
    return `response.${this.#outstanding.fateOfAnswer(frame.id, address, isFinal(type))}`;
  }
}

/** The peer at this address, if the call was sent there. A call by name may have been sent to two. */
function askedPeer(call: CallActor, host: string, port: number): CallOwner<CallActor> | undefined {
  const { peer, request } = call;
  if (port === peer.port && host === peer.host) return peer;
  return request?.name?.peerBefore(call, host, port);
}
