import { formatAddress } from '../../../src/address/address.js';
import { ANSWERS, framesOf, headerOf, idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { Life } from '../life.js';

/**
 * What may be in a bundle. A challenge, a probe and its answer are sent alone, because an unproven
 * address gets nothing else.
 */
const BUNDLED: readonly (number | undefined)[] = [
  ...[TYPE.request, TYPE.response, TYPE.error, TYPE.cancel, TYPE.working],
];

/**
 * I15. A bundle saves a datagram, and its receiver can read it. It has at least two frames, in no
 * more bytes than its endpoint allows. Replies are bundled only for requests with a header map;
 * requests and cancels only for peers that have answered with one. A repeated request is sent
 * alone, so that any peer at that address can read it.
 */
export const bundles: Invariant = {
  id: 'I15',
  says: 'bundles keep their limit and go to peers that read them; repetitions go alone',

  beforeFrame: (_world, { life }, frame, from) => {
    if (headerOf(frame) === undefined) return undefined;
    const sender = formatAddress(from);
    if (frame[0] === TYPE.request) life.nativeRequests.add(`${sender} ${idOf(frame)}`);
    else if (ANSWERS.includes(frame[0]) && hasAsked(life, idOf(frame))) life.natives.add(sender);
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

/** Whether a request or a probe with this id was sent. */
function hasAsked({ transmissions, probes }: Life, id: string): boolean {
  return transmissions.has(id) || probes.has(id);
}

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
