import { formatAddress } from '../../../src/address/address.js';
import { framesOf, headerOf, idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';

/** What may be in a bundle. A challenge goes alone: it is all that an unproven address gets. */
const BUNDLED: readonly (number | undefined)[] = [
  ...[TYPE.request, TYPE.response, TYPE.error, TYPE.cancel, TYPE.working],
];

/** Answers, from which an endpoint learns what a peer understands. */
const ANSWERS: readonly (number | undefined)[] = [
  ...[TYPE.response, TYPE.error, TYPE.working, TYPE.challenge],
];

/**
 * I15. A bundle is worth its datagram and reaches who can read it: it holds two frames or more in no more
 * bytes than its endpoint allows; replies, to requests with a header map; and requests and cancels, to whom
 * has answered with one. A request that is repeated goes alone: whoever listens there by now can read it.
 */
export const bundles: Invariant = {
  id: 'I15',
  says: 'bundles are within their limit, hold two frames or more, and go to those who understand them; repetitions go alone',

  beforeFrame: (_world, { life }, frame, from) => {
    if (headerOf(frame) === undefined) return undefined;
    const sender = formatAddress(from);
    if (frame[0] === TYPE.request) life.nativeRequests.add(`${sender} ${idOf(frame)}`);
    else if (ANSWERS.includes(frame[0]) && life.transmissions.has(idOf(frame))) {
      life.natives.add(sender);
    }
    return undefined;
  },

  afterSend: (_world, node, datagram, to) => {
    if (datagram[0] !== TYPE.bundle || !node.alive) return undefined;
    const { maxBundleBytes } = node.limits;
    const { name } = node;
    if (datagram.length > maxBundleBytes) {
      return `${name} sent a bundle of ${datagram.length} bytes, and may send ${maxBundleBytes}`;
    }
    const frames = framesOf(datagram);
    if (frames.length < 2) return `${name} sent a bundle of ${frames.length}`;
    const receiver = formatAddress(to);
    for (const frame of frames) {
      const finding = misplaced(node, frame, receiver);
      if (finding !== undefined) return `${name} bundled ${finding} (to ${receiver})`;
    }
    return undefined;
  },
};

function misplaced({ life, plan }: EndpointNode, frame: Buffer, receiver: string): Finding {
  const [type] = frame;
  const id = idOf(frame);
  const short = id.slice(0, 6);
  if (!BUNDLED.includes(type)) return `a frame of type ${type ?? 'none'}`;
  if (type === TYPE.request || type === TYPE.cancel) {
    if (!life.natives.has(receiver)) return `${short} for who never said that it can read that`;
    const { atMs } = life.transmissions.get(id) ?? { atMs: [] };
    const isRepeated = type === TYPE.request && atMs.length > 1 && !plan.faults.has('shortIds');
    return isRepeated ? `transmission ${atMs.length} of ${short}` : undefined;
  }
  if (life.nativeRequests.has(`${receiver} ${id}`)) return undefined;
  return `the reply to ${short}, which came from who cannot read that`;
}
