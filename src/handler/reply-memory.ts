/**
 * Reply memory: remembers ended requests, so that a repetition does not run its procedure again.
 * They are known by the address of their sender, whose peer may be forgotten before them. Bounded by
 * `replayWindowMs` in time, `maxReplies` in number and `maxReplyBytes` in bytes.
 */
import { hostOf } from '../address/address.js';
import type { Alarm, Alarms } from '../time/alarms.js';
import { ByteRing } from './byte-ring.js';
import type { Engine } from '../engine/engine.js';
import type { NotRunCode } from '../wire/error-code.js';
import { HEADER_BYTES } from '../wire/frame.js';
import type { Frame } from '../wire/frame.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { PLAIN_HEADER_MAP } from '../wire/header-map.js';
import { OutboundFrame } from '../wire/outbound-frame.js';
import type { Handler } from './handler.js';
import type { Origins } from './origin.js';
import type { HandlerOwner } from './owner.js';
import { RememberedRequest } from './remembered-request.js';
import type { RequestKeys } from './request-keys.js';
import { RequestRecords } from './request-records.js';
import type { RequestRecord } from './request-records.js';

export interface ReplyLimits {
  readonly replayWindowMs: number;
  readonly maxReplies: number;
  readonly maxReplyBytes: number;
}

/** The `kind` of a record: four flags, and above them the index of the refusal in `REFUSALS`. */
const NATIVE = 1;
const REPLY_IS_ERROR = 2;
/** The reply has headers. Its header map is kept with its body, as a part of it. */
const HAS_HEADERS = 4;
const ONE_WAY = 8;
const REFUSAL_SHIFT = 4;
/** The refusals that are remembered. The first element stands for requests that were run. */
const REFUSALS: readonly (NotRunCode | undefined)[] = [undefined, 'overloaded', 'invalidArguments'];

/** The bounds of the memory of refusals that could turn out differently for a repetition. */
export const REFUSAL_LIMITS: ReplyLimits = {
  replayWindowMs: 30_000,
  maxReplies: 4_096,
  maxReplyBytes: 4 * 1024 * 1024,
};

export class ReplyMemory implements Alarm {
  heapIndex = -1;

  readonly #alarms: Alarms;
  readonly #limits: ReplyLimits;
  readonly #origins: Origins | undefined;
  /** The requests in the order in which they ended, in which they are forgotten as well. */
  readonly #records: RequestRecords;
  /** The bodies of the replies. Records before `#firstWithReply` have lost their reply. */
  readonly #bodies = new ByteRing();
  #firstWithReply = 0;
  #bytes = 0;
  #forgottenEarly = 0;

  /** @param origins where it is counted whose requests are remembered, if hosts share the memory */
  constructor({ alarms }: Engine, limits: ReplyLimits, keys: RequestKeys, origins?: Origins) {
    this.#alarms = alarms;
    this.#limits = limits;
    this.#origins = origins;
    this.#records = new RequestRecords(keys);
  }

  get size(): number {
    return this.#records.size;
  }

  /** The number of requests that were forgotten early, to make room for others. */
  get forgottenEarly(): number {
    return this.#forgottenEarly;
  }

  get full(): boolean {
    return this.size >= this.#limits.maxReplies;
  }

  /**
   * Remembers an ended request. Beyond `maxReplyBytes` the oldest replies are dropped, beyond
   * `maxReplies` the oldest requests.
   */
  remember(handler: Handler): void {
    const { maxReplies, maxReplyBytes } = this.#limits;
    const { context, digest, frame, owner, reply } = handler;
    const { receivedAtMs, durationMs = 0 } = context;
    const kind = kindOf(handler);
    const replyBytes = reply?.length ?? 0;
    const kept = (kind & HAS_HEADERS) === 0 ? reply?.body : reply?.wholeBody;
    const isKept = replyBytes <= maxReplyBytes;
    while (this.#bytes > 0 && this.#bytes + replyBytes > maxReplyBytes) this.#letReplyGo();
    this.#records.push(frame.datagram, owner.addressHash, {
      address: owner.address,
      procedure: context.procedure,
      digest,
      replyPlace: kept !== undefined && isKept ? this.#bodies.push(kept) : 0,
      replyLength: kept?.length ?? 0,
      kind,
      receivedAtMs,
      endedAtMs: receivedAtMs + durationMs,
    });
    this.#origins?.take(hostOf(owner.address))?.countRemembered(1);
    if (isKept) this.#bytes += replyBytes;
    else this.#firstWithReply = this.#records.oldest + this.#records.size;
    if (this.#records.size === 1) this.#setAlarm();
    while (this.#records.size > maxReplies) {
      this.#forgottenEarly += 1;
      this.#forgetOldest();
    }
  }

  /** The remembered request of this sender that the frame repeats, if there is one. */
  find(frame: Frame, peer: HandlerOwner): RememberedRequest | undefined {
    if (this.#records.size === 0) return undefined;
    const number = this.#records.find(frame.datagram, peer);
    if (number === undefined) return undefined;
    const { id } = frame;
    const record = this.#records.at(number);
    const refusal = REFUSALS[record.kind >>> REFUSAL_SHIFT];
    const wasRun = refusal === undefined;
    const replyBytes = frameBytes(record.kind, record.replyLength);
    return new RememberedRequest({
      owner: peer,
      native: (record.kind & NATIVE) !== 0,
      digest: record.digest,
      refusal,
      reply: number < this.#firstWithReply ? undefined : this.#replyOf(record, id),
      settled: {
        procedure: record.procedure,
        peer: peer.address,
        transactionId: id,
        durationMs: wasRun ? record.endedAtMs - record.receivedAtMs : undefined,
        replyBytes: wasRun && replyBytes > 0 ? replyBytes : undefined,
        oneWay: (record.kind & ONE_WAY) !== 0,
      },
    });
  }

  #replyOf(record: RequestRecord, id: TransactionId): OutboundFrame | undefined {
    const { kind, replyPlace, replyLength } = record;
    if (replyLength === 0) return undefined;
    const type = (kind & REPLY_IS_ERROR) === 0 ? 'response' : 'error';
    return new OutboundFrame(
      type,
      id,
      this.#bodies.read(replyPlace, replyLength),
      headerMapOf(kind),
    );
  }

  /** The replay window of the oldest request is over. */
  ring(nowMs: number): void {
    while (this.size > 0 && this.#oldestUntilMs <= nowMs) this.#forgetOldest();
    this.#setAlarm();
  }

  clear(): void {
    while (this.size > 0) this.#forgetOldest();
    this.#alarms.clear(this);
  }

  #setAlarm(): void {
    if (this.size > 0) this.#alarms.set(this, this.#oldestUntilMs);
  }

  get #oldestUntilMs(): number {
    return this.#records.endedAtMsOf(this.#records.oldest) + this.#limits.replayWindowMs;
  }

  #forgetOldest(): void {
    const { oldest } = this.#records;
    if (this.#firstWithReply === oldest) this.#letReplyGo();
    if (this.#origins !== undefined) forgetOne(this.#origins, this.#records.addressOf(oldest));
    this.#records.shift();
  }

  #letReplyGo(): void {
    const replyLength = this.#records.replyLengthOf(this.#firstWithReply);
    this.#bodies.release(replyLength);
    this.#bytes -= frameBytes(this.#records.kindOf(this.#firstWithReply), replyLength);
    this.#firstWithReply += 1;
  }
}

function forgetOne(origins: Origins, address: string): void {
  const origin = origins.find(hostOf(address));
  if (origin === undefined) return;
  origin.countRemembered(-1);
  origins.release(origin);
}

function kindOf({ native, reply, context }: Handler): number {
  const type = reply?.type === 'error' ? REPLY_IS_ERROR : 0;
  const hasHeaders = reply !== undefined && reply.headerMap.length > PLAIN_HEADER_MAP.length;
  const ofReply = (native ? NATIVE : 0) | type | (hasHeaders ? HAS_HEADERS : 0);
  const flags = ofReply | (context.oneWay ? ONE_WAY : 0);
  return flags | (Math.max(REFUSALS.indexOf(context.refusal), 0) << REFUSAL_SHIFT);
}

/** The header map that is not kept. */
function headerMapOf(kind: number): Uint8Array | undefined {
  return (kind & (NATIVE | HAS_HEADERS)) === NATIVE ? PLAIN_HEADER_MAP : undefined;
}

/** The bytes that the reply takes as a frame; 0 if there is none. */
function frameBytes(kind: number, replyLength: number): number {
  return replyLength === 0 ? 0 : HEADER_BYTES + replyLength + (headerMapOf(kind)?.length ?? 0);
}
