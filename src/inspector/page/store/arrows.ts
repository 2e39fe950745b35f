/**
 * Arrows of the sequence picture: what one end sent and the other received, as one. Two frames are the same if they have one
 * transaction id, one type and the same bytes; where a network repeats a frame, or an endpoint the same bytes, time decides.
 */
import type { Aliases } from './aliases.js';
import type { EndpointState } from './endpoint-state.js';
import type { Frame } from './transaction.js';

/**
 * - `arrived`: both ends tell of it, or its receiver does;
 * - `sent`: nobody who feeds the inspector could tell whether it arrived;
 * - `travelling`: its receiver feeds the inspector and has not told of it yet;
 * - `lost`: nor did it in good time.
 */
type Arrival = 'arrived' | 'sent' | 'travelling' | 'lost';

/** How a frame is one more of its kind: its sender repeated it, or the network did. */
type Repetition = 'retransmission' | 'duplicate' | undefined;

export interface Arrow {
  /** As its sender saw it; absent if that does not feed the inspector. */
  readonly sent: Frame | undefined;
  /** As its receiver saw it. */
  readonly received: Frame | undefined;
  /** Lanes: an endpoint's own name, or `peer` and an address. */
  readonly from: string;
  readonly to: string;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly type: string;
  readonly arrival: Arrival;
  readonly repetition: Repetition;
  /** Which transmission of its kind it is, from 1. */
  readonly ordinal: number;
  /** Whether it came after its call had timed out. */
  readonly late: boolean;
  /** What became of it, as its receiver says. */
  readonly fate: string | undefined;
}

/** What joining needs to know besides the frames. */
export interface Surroundings {
  readonly endpoints: ReadonlyMap<string, EndpointState>;
  readonly aliases: Aliases;
  /** Now, by the clock of the records. */
  readonly nowMs: number;
}

/** A frame that has not arrived after this time is shown as lost; if it does come, as what it is. */
export const LOST_AFTER_MS = 1_500;

/** By how much a datagram is overtaken at most, by one with the same bytes that was sent later. */
const MAX_OVERTAKEN_MS = 100;

/** Clocks of two processes on one machine differ by less. */
const CLOCK_SLACK_MS = 5;

/** The lane of a peer that does not feed the inspector. */
export function peerLane(address: string): string {
  return `peer ${address}`;
}

/** The arrows of some frames of one transaction, or of frames that belong to none, by the time at which they were sent. */
export function arrowsOf(frames: readonly Frame[], surroundings: Surroundings): Arrow[] {
  const inOrder = [...frames].sort((a, b) => a.atMs - b.atMs || a.number - b.number);
  const outs = inOrder.filter(({ direction }) => direction === 'out');
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
 * The latest frame that can be the one received: not yet received if there is one, else one that the network repeated. It
 * was repeated, too, if the only one that was not received had been sent long before: datagrams seldom overtake each other by
 * so much, and one that was lost is lost.
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

function isSame(sent: Frame, received: Frame): boolean {
  if (sent.transaction === undefined || sent.transaction !== received.transaction) return false;
  if (sent.type !== received.type || sent.atMs > received.atMs + CLOCK_SLACK_MS) return false;
  // Each end masks by itself: then bytes say nothing.
  return sent.masked || received.masked || sent.base64 === received.base64;
}

/** Which transmission of its type, by its endpoint, each frame is. */
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

function laneOf(endpoint: string, peer: string, { aliases, endpoints }: Surroundings): string {
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
  // Of a sender that is not inspected, the receiver knows.
  const seenBefore = fate === 'request.replayed' || fate?.endsWith('.duplicate') === true;
  return sent === undefined && seenBefore ? 'duplicate' : undefined;
}

/**
 * A frame counts as lost only if its receiver would have told of it: it feeds the inspector, and shows either everything or
 * this very transaction.
 */
function arrivalOf(sent: Frame, { aliases, endpoints, nowMs }: Surroundings): Arrival {
  const name = aliases.endpointAt(sent.endpoint, sent.peer, endpoints);
  const receiver = name === undefined ? undefined : endpoints.get(name);
  if (name === undefined || receiver === undefined || sent.transaction === undefined) return 'sent';
  if (receiver.record.atMs > sent.atMs) return 'sent';
  const closedAtMs = receiver.closed?.atMs ?? Infinity;
  if (sent.atMs >= closedAtMs) return receiver.condition === 'lost' ? 'sent' : 'lost';
  if (nowMs - sent.atMs < LOST_AFTER_MS) return 'travelling';
  if (closedAtMs - sent.atMs < LOST_AFTER_MS) return 'sent';
  const { sides, frames } = sent.transaction;
  const showsThis =
    sides.some(({ record }) => record.endpoint === name) ||
    frames.some(({ endpoint }) => endpoint === name);
  const showsAll = (receiver.counts.last()?.oneIn ?? 1) === 1;
  return showsThis || showsAll ? 'lost' : 'sent';
}
