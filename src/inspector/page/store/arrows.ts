/**
 * Arrows of the sequence picture. An arrow joins a frame that one end sent with the same frame as
 * the other end received it. Two frames are the same if they have the same transaction id, type and
 * bytes. If the network repeats a frame, or an endpoint sends the same bytes again, the times
 * decide.
 */
import type { Aliases } from './aliases.js';
import type { EndpointState } from './endpoint-state.js';
import type { Frame } from './transaction.js';

/**
 * - `arrived`: both ends reported the frame, or its receiver did;
 * - `sent`: no endpoint in the inspector could tell whether it arrived;
 * - `travelling`: its receiver is in the inspector and has not reported it yet;
 * - `lost`: its receiver is in the inspector and has not reported it within the time limit;
 * - `refused`: the system of its sender did not send it.
 */
type Arrival = 'arrived' | 'sent' | 'travelling' | 'lost' | 'refused';

/** Why a frame is a repetition: its sender sent it again, or the network duplicated it. */
type Repetition = 'retransmission' | 'duplicate' | undefined;

export interface Arrow {
  /** The frame at its sender; absent if the sender does not feed the inspector. */
  readonly sent: Frame | undefined;
  /**
   * The frame at its receiver; absent if it did not arrive or the receiver does not feed the
   * inspector.
   */
  readonly received: Frame | undefined;
  /** Lanes: the key of an endpoint, or `peer` and an address. */
  readonly from: string;
  readonly to: string;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly type: string;
  readonly arrival: Arrival;
  readonly repetition: Repetition;
  /** The number of this transmission among those of the same type, from 1. */
  readonly ordinal: number;
  /** Whether it came after its call had timed out. */
  readonly late: boolean;
  /** Its fate at its receiver. */
  readonly fate: string | undefined;
}

/** What joining needs besides the frames. */
export interface Surroundings {
  readonly endpoints: ReadonlyMap<string, EndpointState>;
  readonly aliases: Aliases;
  /** The current time by the clock of the records. */
  readonly nowMs: number;
}

/**
 * A frame that has not arrived after this time is shown as lost. If it arrives later, it is shown
 * as arrived.
 */
export const LOST_AFTER_MS = 1_500;

/** A datagram may be overtaken by one with the same bytes that was sent at most this much later. */
const MAX_OVERTAKEN_MS = 100;

/** The clocks of two processes on one machine differ by less than this. */
const CLOCK_SLACK_MS = 5;

/** The lane of a peer that does not feed the inspector. */
export function peerLane(address: string): string {
  return `peer ${address}`;
}

/**
 * The arrows of frames that belong to one transaction, or to none, in the order in which they were
 * sent.
 */
export function arrowsOf(frames: readonly Frame[], surroundings: Surroundings): Arrow[] {
  const inOrder = [...frames].sort((a, b) => a.atMs - b.atMs || a.number - b.number);
  const outs = inOrder.filter((frame) => frame.direction === 'out' && !isRefused(frame));
  const senders = new Map<Frame, Frame>();
  const receipts = new Map<Frame, Frame[]>();
  for (const received of inOrder) {
    if (received.direction === 'out') continue;
    const sent = senderOf(received, outs, receipts);
    if (sent === undefined) continue;
    senders.set(received, sent);
    receipts.set(sent, [...(receipts.get(sent) ?? []), received]);
  }
  const ordinals = ordinalsOf(outs);
  const arrows = inOrder.map((frame): Arrow | undefined => {
    if (frame.direction === 'in') {
      const sent = senders.get(frame);
      const isCopy = sent !== undefined && receipts.get(sent)?.[0] !== frame;
      return arrow(sent, frame, sent && ordinals.get(sent), isCopy, surroundings);
    }
    if (receipts.has(frame)) return undefined;
    return arrow(frame, undefined, ordinals.get(frame), false, surroundings);
  });
  return arrows.filter((one) => one !== undefined).sort((a, b) => a.sentAtMs - b.sentAtMs);
}

/**
 * The sent frame that `received` most likely is. Among the frames with the same content, this is
 * the latest that was not yet received. If all were received, the network duplicated the latest
 * one. That is also assumed if the only missing frame was sent long before the latest: then the
 * missing one was lost, because datagrams seldom overtake each other by so much.
 */
function senderOf(
  received: Frame,
  outs: readonly Frame[],
  receipts: ReadonlyMap<Frame, unknown>,
): Frame | undefined {
  const able = outs.filter((sent) => isSame(sent, received));
  const latest = able.at(-1);
  const missing = able.findLast((sent) => !receipts.has(sent));
  if (latest === undefined || missing === undefined) return latest;
  return latest.atMs - missing.atMs > MAX_OVERTAKEN_MS ? latest : missing;
}

function isRefused({ datagram }: Frame): boolean {
  return datagram.refused !== undefined;
}

function isSame(sent: Frame, received: Frame): boolean {
  if (sent.transaction === undefined || sent.transaction !== received.transaction) return false;
  if (sent.type !== received.type || sent.atMs > received.atMs + CLOCK_SLACK_MS) return false;
  // Each end masks its frames itself, so masked bytes cannot be compared.
  return sent.masked || received.masked || sent.base64 === received.base64;
}

/** The number of each frame among the transmissions of the same type by the same endpoint. */
function ordinalsOf(outs: readonly Frame[]): Map<Frame, number> {
  const counts = new Map<string, number>();
  const ordinals = new Map<Frame, number>();
  for (const sent of outs) {
    const key = `${sent.endpoint} ${sent.type} ${sent.transaction?.id ?? sent.number}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    ordinals.set(sent, ordinal);
  }
  return ordinals;
}

function arrow(
  sent: Frame | undefined,
  received: Frame | undefined,
  ordinal = 1,
  isCopy: boolean,
  surroundings: Surroundings,
): Arrow {
  const frame = (received ?? sent) as Frame;
  const fate = received?.fate;
  return {
    sent,
    received,
    from: sent?.endpoint ?? laneOf(frame.endpoint, frame.peer, surroundings),
    to: received?.endpoint ?? laneOf(frame.endpoint, frame.peer, surroundings),
    sentAtMs: sent?.atMs ?? frame.atMs,
    receivedAtMs: received?.atMs ?? frame.atMs,
    type: frame.type,
    arrival: received === undefined ? arrivalOf(frame, surroundings) : 'arrived',
    repetition: repetitionOf(ordinal, isCopy, fate, sent),
    ordinal,
    late: fate === 'response.late',
    fate,
  };
}

/** The lane of the peer of an endpoint: that of the endpoint that it is, if that is known. */
export function laneOf(
  endpoint: string,
  peer: string,
  { aliases, endpoints }: Surroundings,
): string {
  return aliases.endpointAt(endpoint, peer, endpoints) ?? peerLane(peer);
}

function repetitionOf(
  ordinal: number,
  isCopy: boolean,
  fate: string | undefined,
  sent: Frame | undefined,
): Repetition {
  if (isCopy) return 'duplicate';
  if (ordinal > 1) return 'retransmission';
  // If the sender does not feed the inspector, only the receiver knows of the repetition.
  const seenBefore = fate === 'request.replayed' || fate?.endsWith('.duplicate') === true;
  return sent === undefined && seenBefore ? 'duplicate' : undefined;
}

/**
 * A frame counts as lost only if its receiver would have reported it. For that the receiver must
 * feed the inspector, and must show either everything or this transaction.
 */
function arrivalOf(sent: Frame, { aliases, endpoints, nowMs }: Surroundings): Arrival {
  if (isRefused(sent)) return 'refused';
  const name = aliases.endpointAt(sent.endpoint, sent.peer, endpoints);
  const receiver = name === undefined ? undefined : endpoints.get(name);
  if (name === undefined || receiver === undefined || sent.transaction === undefined) return 'sent';
  if (receiver.record.atMs > sent.atMs) return 'sent';
  const closedAtMs = receiver.closed?.atMs ?? Infinity;
  if (sent.atMs >= closedAtMs) return receiver.closed?.lost === true ? 'sent' : 'lost';
  if (nowMs - sent.atMs < LOST_AFTER_MS) return 'travelling';
  if (closedAtMs - sent.atMs < LOST_AFTER_MS) return 'sent';
  const { sides, frames } = sent.transaction;
  const showsThis =
    sides.some(({ record }) => record.endpoint === name) ||
    frames.some(({ endpoint }) => endpoint === name);
  const showsAll = (receiver.counts.last()?.oneIn ?? 1) === 1;
  return showsThis || showsAll ? 'lost' : 'sent';
}
