import { formatAddress } from '../../../src/address/address.js';
import type { SocketAddress } from '../../../src/address/address.js';
import { ANSWERS, framesOf, headerOf, idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Invariant } from '../invariant.js';
import type { Traffic } from '../life.js';

/** RFC 9000, section 8.1. */
const MAX_FACTOR = 3;

/** What an endpoint sends on its own, not as a reply. */
const OWN_ACCORD: readonly (number | undefined)[] = [TYPE.request, TYPE.cancel, TYPE.probe];

/**
 * I10. Nobody can use an endpoint to flood another. As long as an address has not proved that it
 * receives what is sent there, a `strict` endpoint sends it at most three bytes for each byte that
 * came from it.
 */
export const amplification: Invariant = {
  id: 'I10',
  says: 'a strict endpoint replies with at most three times the bytes of an unproven address',

  beforeReceive: (_world, node, datagram, from) => {
    if (!isStrict(node)) return undefined;
    const traffic = trafficOf(node, from);
    traffic.bytesIn += datagram.length;
    traffic.validated ||= framesOf(datagram).some((frame) => proves(node, traffic, frame));
    return undefined;
  },

  afterSend: (_world, node, datagram, to) => {
    const frames = framesOf(datagram);
    const isOwnAccord = frames.every(([type]) => OWN_ACCORD.includes(type));
    if (isOwnAccord || !isStrict(node)) return undefined;
    const traffic = trafficOf(node, to);
    traffic.bytesOut += datagram.length;
    for (const frame of frames) {
      if (frame[0] === TYPE.challenge) traffic.tokens.add(tokenOf(frame));
    }
    if (traffic.validated || traffic.bytesOut <= MAX_FACTOR * traffic.bytesIn) return undefined;
    return `${node.name} sent ${traffic.bytesOut} bytes to ${formatAddress(to)} for ${traffic.bytesIn}`;
  },
};

/** Whether the sender of this frame has received something that was sent to its address. */
function proves({ life }: EndpointNode, traffic: Traffic, frame: Buffer): boolean {
  if (frame[0] === TYPE.request) return traffic.tokens.has(tokenOf(frame));
  const id = idOf(frame);
  return ANSWERS.includes(frame[0]) && (life.transmissions.has(id) || life.probes.has(id));
}

function isStrict({ alive, plan }: EndpointNode): boolean {
  return alive && plan.options.amplification === 'strict';
}

function trafficOf({ life }: EndpointNode, address: SocketAddress): Traffic {
  const key = formatAddress(address);
  let traffic = life.traffic.get(key);
  if (traffic === undefined) {
    traffic = { bytesIn: 0, bytesOut: 0, validated: false, tokens: new Set() };
    life.traffic.set(key, traffic);
  }
  return traffic;
}

function tokenOf(frame: Buffer): string {
  const token = headerOf(frame)?.['4'];
  return token instanceof Uint8Array ? Buffer.from(token).toString('hex') : 'none';
}
