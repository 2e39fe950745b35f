/** A capture: what the datagrams of a recording look like to Wireshark. */
import { AddressError, parseAddress } from '../../address/address.js';
import type { SocketAddress } from '../../address/address.js';
import { rebuildDatagram } from './datagram-bytes.js';
import type { RebuiltDatagram } from './datagram-bytes.js';
import { MAX_PAYLOAD_BYTES, udpPacket } from './ip-packet.js';
import { interfaceBlock, packetBlock, sectionHeaderBlock } from './pcapng.js';
import type { CapturedPacket } from './pcapng.js';
import type { InspectionRecord, RecordOf } from '../record.js';

/** What a capture holds, and what it could not. */
export interface CaptureSummary {
  /** Names of the endpoints, each an interface of the capture. */
  readonly endpoints: readonly string[];
  /** Their local UDP ports, ascending. */
  readonly ports: readonly number[];
  readonly datagrams: number;
  /** Frames that have `(masked)` in place of something. */
  readonly maskedFrames: number;
  /** Frames of these datagrams that are not in the recording. */
  readonly missingFrames: number;
  /** Datagrams of which nothing could be shown: all masked, or their endpoint or addresses are not known. */
  readonly leftOut: number;
}

interface CapturedEndpoint {
  readonly index: number;
  readonly name: string;
  readonly address: SocketAddress;
  readonly description: string;
}

/**
 * Gathers datagrams and makes a pcapng file of them, in the order of their times.
 *
 * Each endpoint is an interface of the capture, with its name, as if it had been captured on a machine of its own. A datagram
 * that both ends recorded is there twice, therefore: sent on one interface, received on the other, each with its time. The
 * filter `frame.interface_name == "client"` keeps one side.
 */
export class Capture {
  readonly #application: string;
  readonly #only: string | undefined;
  /** By key; bounded by the recording, as all here. */
  readonly #endpoints = new Map<string, CapturedEndpoint>();
  readonly #packets: CapturedPacket[] = [];
  #maskedFrames = 0;
  #missingFrames = 0;
  #leftOut = 0;

  /** @param only the name of the endpoint whose datagrams are wanted; undefined for those of all */
  constructor(application: string, only?: string) {
    this.#application = application;
    this.#only = only;
  }

  /** Takes a record of any type; an endpoint's own comes before its datagrams. */
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
    const rebuilt = rebuildDatagram(record);
    if (
      endpoint === undefined ||
      peer === undefined ||
      rebuilt === undefined ||
      rebuilt.bytes.length > MAX_PAYLOAD_BYTES
    ) {
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
      leftOut: this.#leftOut,
    };
  }

  /** The file, block by block. */
  *blocks(): Generator<Buffer> {
    const endpoints = [...this.#endpoints.values()];
    const names = endpoints.map(({ name }) => name).join(', ');
    yield sectionHeaderBlock(
      this.#application,
      `Made from what endpoints of rpcudp recorded (${names}); IP and UDP headers are made up around it.`,
    );
    yield* endpoints.map(interfaceBlock);
    const inOrder = this.#packets.sort((a, b) => a.atMs - b.atMs);
    for (const packet of inOrder) yield packetBlock(packet);
  }
}

/** An address with an IP address for its host; undefined if it is none. */
function ipAddressOf(text: string): SocketAddress | undefined {
  try {
    const { kind, host, port } = parseAddress(text);
    return kind === 'name' ? undefined : { host, port };
  } catch (error) {
    // Anybody can have sent a datagram from port 0, to which there is no address.
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/**
 * The endpoint's own host in a packet to or from this peer. One that is bound to all addresses of its machine does not know
 * which it was: to a loopback peer the loopback address, else the unspecified one, of the peer's family.
 */
function hostTowards(peerHost: string, ownHost: string): string {
  const isV4 = !peerHost.includes(':');
  const isWildcard = ownHost === '::' || ownHost === '0.0.0.0';
  if (!isWildcard && ownHost.includes(':') !== isV4) return ownHost;
  if (isV4) return peerHost.startsWith('127.') ? '127.0.0.1' : '0.0.0.0';
  return peerHost.split('%')[0] === '::1' ? '::1' : '::';
}

/** `server received: request.run ×2, request.replayed; 3 of 20 frames, the others were not recorded` */
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
  if (record.remade === true) notes.push('made again from its call, recorded later');
  if (bytes.length !== record.bytes) notes.push(`${record.bytes} bytes on the wire`);
  return notes.join('; ');
}
