/** Capture: makes from the datagrams of a recording what Wireshark reads. */
import { AddressError, parseAddress } from '../../address/address.js';
import type { SocketAddress } from '../../address/address.js';
import { MAX_BUNDLE_FRAMES } from '../../wire/bundle.js';
import { rebuildDatagram } from './datagram-bytes.js';
import type { RebuiltDatagram } from './datagram-bytes.js';
import { udpPacket } from './ip-packet.js';
import { interfaceBlock, packetBlock, sectionHeaderBlock } from './pcapng.js';
import type { CapturedPacket } from './pcapng.js';
import type { InspectionRecord, RecordOf } from '../record.js';

/** What a capture holds, and what is missing from it. */
export interface CaptureSummary {
  /** The names of the endpoints. Each is an interface of the capture. */
  readonly endpoints: readonly string[];
  /** The local UDP ports of the endpoints, in ascending order. */
  readonly ports: readonly number[];
  readonly datagrams: number;
  /** How many frames have `(masked)` in place of a part of them. */
  readonly maskedFrames: number;
  /** How many frames of these datagrams are not in the recording. */
  readonly missingFrames: number;
  /** How many datagrams the system refused to send. They are not in the capture. */
  readonly refused: number;
  /**
   * How many other datagrams are not in the capture: they are wholly masked or cannot have been, or their
   * endpoint or an address is not known.
   */
  readonly leftOut: number;
}

/** The last time that a Date can have (ECMA-262, section 21.4.1.1). */
const LAST_MS = 8.64e15;

interface CapturedEndpoint {
  readonly index: number;
  readonly name: string;
  readonly address: SocketAddress;
  readonly description: string;
}

/**
 * Collects datagrams and makes a pcapng file of them, in the order of their times.
 *
 * Each endpoint is a named interface of the capture, as if it had been captured on a machine of its
 * own. So a datagram that both ends recorded is there twice: sent on one interface and received on
 * the other, each with its own time. The filter `frame.interface_name == "client"` keeps one side.
 */
export class Capture {
  readonly #application: string;
  readonly #only: string | undefined;
  /**
   * By the key of the endpoint. This map and the packets are bounded by the size of the recording.
   */
  readonly #endpoints = new Map<string, CapturedEndpoint>();
  readonly #packets: CapturedPacket[] = [];
  #maskedFrames = 0;
  #missingFrames = 0;
  #refused = 0;
  #leftOut = 0;

  /**
   * @param only the name of the endpoint whose datagrams are wanted; undefined for all endpoints
   */
  constructor(application: string, only?: string) {
    this.#application = application;
    this.#only = only;
  }

  /** Takes a record of any type. The record of an endpoint must come before its datagrams. */
  add(record: InspectionRecord): void {
    if (record.type === 'endpoint') this.#addEndpoint(record);
    else if (record.type === 'datagram') this.#addDatagram(record);
  }

  #addEndpoint(record: RecordOf<'endpoint'>): void {
    const { endpoint, name, processId, version } = record;
    const address = ipAddressOf(record.address);
    if (this.#endpoints.has(endpoint) || address === undefined) return;
    this.#endpoints.set(endpoint, {
      index: this.#endpoints.size,
      name,
      address,
      description: `endpoint ${record.address} of process ${processId}, rpcudp ${version}`,
    });
  }

  #addDatagram(record: RecordOf<'datagram'>): void {
    const endpoint = this.#endpoints.get(record.endpoint);
    const peer = ipAddressOf(record.peer);
    if (endpoint !== undefined && this.#only !== undefined && endpoint.name !== this.#only) return;
    if (record.refused !== undefined) {
      this.#refused += 1;
      return;
    }
    const rebuilt = isPossible(record) ? rebuildDatagram(record) : undefined;
    if (endpoint === undefined || peer === undefined || rebuilt === undefined) {
      this.#leftOut += 1;
      return;
    }
    const own = {
      host: hostTowards(peer.host, endpoint.address.host),
      port: endpoint.address.port,
    };
    const [from, to] = record.direction === 'out' ? [own, peer] : [peer, own];
    this.#packets.push({
      interfaceIndex: endpoint.index,
      direction: record.direction,
      atMs: record.atMs,
      bytes: udpPacket(from, to, rebuilt.bytes),
      comment: commentOn(record, rebuilt, endpoint.name),
    });
    this.#maskedFrames += rebuilt.masked;
    this.#missingFrames += Math.max(0, record.frameCount - rebuilt.frames);
  }

  summary(): CaptureSummary {
    const endpoints = [...this.#endpoints.values()];
    const ports = new Set(endpoints.map(({ address }) => address.port));
    return {
      endpoints: endpoints.map(({ name }) => name),
      ports: [...ports].sort((a, b) => a - b),
      datagrams: this.#packets.length,
      maskedFrames: this.#maskedFrames,
      missingFrames: this.#missingFrames,
      refused: this.#refused,
      leftOut: this.#leftOut,
    };
  }

  /** The blocks of the file, in order. */
  *blocks(): Generator<Buffer> {
    const endpoints = [...this.#endpoints.values()];
    const names = endpoints.map(({ name }) => name).join(', ');
    yield sectionHeaderBlock(
      this.#application,
      `Made by rpcudp from a recording of the endpoints ${names}; IP and UDP headers are generated.`,
    );
    yield* endpoints.map(interfaceBlock);
    const inOrder = this.#packets.sort((a, b) => a.atMs - b.atMs);
    for (const packet of inOrder) yield packetBlock(packet);
  }
}

/** The address, if its host is an IP address; otherwise undefined. */
function ipAddressOf(text: string): SocketAddress | undefined {
  try {
    const { kind, host, port } = parseAddress(text);
    return kind === 'name' ? undefined : { host, port };
  } catch (error) {
    // Anybody can send a datagram with source port 0, which is not a valid address.
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** Whether a datagram can have been so. A recording is a file, which anybody can have written. */
function isPossible({ atMs, frameCount }: RecordOf<'datagram'>): boolean {
  return atMs >= 0 && atMs <= LAST_MS && frameCount <= MAX_BUNDLE_FRAMES;
}

/**
 * The endpoint's own host in a packet to or from this peer. An endpoint that is bound to all
 * addresses of its machine does not know which of them was used. For a loopback peer this then
 * gives the loopback address, for any other the unspecified address, both of the peer's family.
 */
function hostTowards(peerHost: string, ownHost: string): string {
  const isV4 = !peerHost.includes(':');
  const isWildcard = ownHost === '::' || ownHost === '0.0.0.0';
  if (!isWildcard && ownHost.includes(':') !== isV4) return ownHost;
  if (isV4) return peerHost.startsWith('127.') ? '127.0.0.1' : '0.0.0.0';
  return peerHost.split('%')[0] === '::1' ? '::1' : '::';
}

/** For example: `server received: request.run ×2, request.replayed; kept 3 of 20 frames` */
function commentOn(
  record: RecordOf<'datagram'>,
  { bytes, frames, masked }: RebuiltDatagram,
  name: string,
): string {
  const fates = new Map<string, number>();
  for (const { fate } of record.frames) {
    if (fate !== undefined) fates.set(fate, (fates.get(fate) ?? 0) + 1);
  }
  const counted = [...fates].map(([fate, count]) => (count === 1 ? fate : `${fate} ×${count}`));
  const did = `${name} ${record.direction === 'out' ? 'sent' : 'received'}`;
  const notes = [counted.length === 0 ? did : `${did}: ${counted.join(', ')}`];
  if (frames < record.frameCount) notes.push(`kept ${frames} of ${record.frameCount} frames`);
  if (masked > 0) notes.push(frames === 1 ? 'masked' : `${masked} masked`);
  if (record.remade === true) notes.push('rebuilt from its call, which was recorded later');
  if (bytes.length !== record.bytes) notes.push(`${record.bytes} bytes on the wire`);
  return notes.join('; ');
}
