/**
 * Prober: asks from one socket, and hears what answers, wherever it comes from. Unlike an endpoint
 * it takes no answer for granted: it keeps who answered, from where, how often and when.
 */
import { formatAddress, type SocketAddress } from '../address/address.js';
import { TransactionIds } from '../call/transaction-ids.js';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';
import type { Receiver, Transport } from '../transport/transport.js';
import { type Frame, readFrame } from '../wire/frame.js';
import { type AnswerType, FRAME_TYPES } from '../wire/frame-type.js';
import { isDrop } from '../wire/drop.js';
import { decodeProbe } from '../wire/probe.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { TransactionId } from '../wire/transaction-id.js';

/** The most different answers to one question that are kept. Others are counted. */
const MAX_ANSWERS = 8;
/** How often the sockets are polled before it is believed that nothing is left to be read. */
const MAX_POLLS = 100;

/** A frame with the id of a question. */
export interface Answer {
  readonly from: string;
  readonly type: AnswerType;
  readonly datagram: Buffer;
  readonly afterMs: number;
}

/** One datagram that was sent, and what came of it. */
export class Question {
  readonly to: string;
  readonly sentAtMs: number;
  /** Whether it is a probe, which `present` answers and nothing else. */
  readonly isProbe: boolean;
  /** The answers that differ by sender or type; bounded by `MAX_ANSWERS`, and the types. */
  readonly answers: Answer[] = [];
  /** How many more came: copies, and what there was no room for. */
  more = 0;
  /** Why the kernel did not take it: the code of its error. */
  refused: string | undefined;

  constructor(to: string, isProbe: boolean, sentAtMs: number) {
    this.to = to;
    this.isProbe = isProbe;
    this.sentAtMs = sentAtMs;
  }

  /** The first answer from the address that was asked. */
  get answer(): Answer | undefined {
    return this.answers.find(({ from }) => from === this.to);
  }

  /** The first answer from any other address. */
  get elsewhere(): Answer | undefined {
    return this.answers.find(({ from }) => from !== this.to);
  }
}

/** What a prober is made of. */
export interface ProberParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends everything that waits. */
  readonly signal: AbortSignal;
}

export class Prober implements Receiver {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #ids: TransactionIds;
  /** By id. Bounded by what an examination sends: some hundreds. */
  readonly #questions = new Map<TransactionId, Question>();
  /** Those who wait, each of whom looks after each datagram. Bounded by the addresses of a name. */
  readonly #waiting = new Set<() => void>();
  #local: SocketAddress = { host: '', port: 0 };
  #received = 0;
  #failure: Error | undefined;
  /** Datagrams that answered no question, or could not be read. Strangers can send any number. */
  ignored = 0;

  constructor({ transport, clock, random, signal }: ProberParts) {
    this.#transport = transport;
    this.#clock = clock;
    this.#signal = signal;
    this.#ids = new TransactionIds(random);
  }

  /** @throws BindError, or the error of the system, when there is no such local address. */
  async open(): Promise<void> {
    this.#local = await this.#transport.open(this);
  }

  get local(): SocketAddress {
    return this.#local;
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  nextId(): TransactionId {
    return this.#ids.next();
  }

  /** Sends a frame. Its id may be that of a question before; then answers count for this one. */
  ask(frame: OutboundFrame, { host, port }: SocketAddress): Question {
    const question = new Question(
      formatAddress({ host, port }),
      frame.type === 'probe',
      this.nowMs,
    );
    this.#questions.set(frame.id, question);
    this.#transport.send(frame.toDatagram(), host, port, (error) => {
      if (error === null) return;
      question.refused = codeOf(error);
      this.notice();
    });
    return question;
  }

  /**
   * Resolves with true as soon as it is so, and else with false after this time, when all that has
   * arrived by then was read. Rejects when the examination is aborted, or the socket fails.
   */
  until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#clock.clearTimeout(timer);
        this.#waiting.delete(look);
        this.#signal.removeEventListener('abort', look);
      };
      const look = (): void => {
        const failure = this.#signal.aborted ? (this.#signal.reason as Error) : this.#failure;
        if (failure === undefined && !isSo()) return;
        end();
        if (failure === undefined) resolve(true);
        else reject(failure);
      };
      const timer = this.#clock.setTimeout(() => {
        this.#afterReading(() => {
          look();
          end();
          resolve(false);
        });
      }, withinMs);
      this.#waiting.add(look);
      this.#signal.addEventListener('abort', look);
      look();
    });
  }

  /** Waits this long. Rejects as `until` does. */
  async pause(ms: number): Promise<void> {
    await this.until(() => false, ms);
  }

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    this.#received += 1;
    const frame = readFrame(datagram);
    const question = isDrop(frame) ? undefined : this.#questions.get(frame.id);
    if (isDrop(frame) || question === undefined || !isAnswerTo(question, frame)) {
      this.ignored += 1;
      return;
    }
    const type = frame.type as AnswerType;
    const from = formatAddress({ host, port });
    const isCopy = question.answers.some((one) => one.from === from && one.type === type);
    // However many others answer, what the asked address says is kept.
    const isTooMany = question.answers.length >= MAX_ANSWERS && from !== question.to;
    if (isCopy || isTooMany) question.more += 1;
    else question.answers.push({ from, type, datagram, afterMs: this.nowMs - question.sentAtMs });
    this.notice();
  }

  transportFailed(error: Error): void {
    this.#failure = error;
    this.notice();
  }

  /** Lets those who wait look again, after something that they have learned otherwise. */
  notice(): void {
    for (const look of [...this.#waiting]) look();
  }

  /**
   * After a stall timers run before sockets are read, and a poll reads only some of what waits
   * there. So it goes on until a poll brings nothing.
   */
  #afterReading(done: () => void, pollsLeft = MAX_POLLS): void {
    const before = this.#received;
    this.#clock.afterPoll(() => {
      if (this.#received === before || pollsLeft === 0) done();
      else this.#afterReading(done, pollsLeft - 1);
    });
  }
}

/** Whether such a frame can answer the question. The bodies of replies to calls are read later. */
function isAnswerTo({ isProbe }: Question, { type, datagram }: Frame): boolean {
  if (type === 'present') return isProbe && !isDrop(decodeProbe(datagram));
  return !isProbe && FRAME_TYPES[type].taker === 'call';
}

/** The code of a system's error, or its name if it has none. */
export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
