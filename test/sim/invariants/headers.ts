import { formatAddress } from '../../../src/address/address.js';
import type { CallHeaders } from '../../../src/wire/headers.js';
import type { HandlerScope } from '../../../src/api/scope.js';
import { headerOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { TrackedCall } from '../tracked-call.js';
import type { World } from '../world.js';

/** The key of headers in a header map, as the wire has it. */
const KEY = '7';

/** The headers of a call of the workload, by which its procedure knows whose they are. */
export function headersOf(token: string): CallHeaders {
  return { token, bytes: new Uint8Array([token.length]) };
}

/**
 * I19. Headers go to those that read them, and belong to their call. No request with headers goes to
 * an address that never answered with a header map. A procedure has the headers of its own call, and
 * all of them; an outcome has those that its own procedure set.
 */
export const headers: Invariant = {
  id: 'I19',
  says: 'headers are never sent to old peers, and are those of their own call and reply',

  afterFrame: (_world, { alive, life, name, plan }, frame, to) => {
    if (frame[0] !== TYPE.request || !alive || plan.faults.has('shortIds')) return undefined;
    if (headerOf(frame)?.[KEY] === undefined) return undefined;
    const receiver = formatAddress(to);
    return life.natives.has(receiver) ? undefined : `${name} sent headers to ${receiver}`;
  },

  afterOutcome: (world, tracked) => {
    const { call, headed, outcome, token } = tracked;
    if (isBeyondKnowledge(world, tracked)) return undefined;
    const given = outcome !== undefined && 'headers' in outcome ? outcome.headers : undefined;
    if (given === undefined) return undefined;
    world.coverage.reach('headers:replied');
    const mark = given['token'];
    if (headed && mark === token) return undefined;
    return `${call.id} (${token}) got the headers of ${String(mark)}`;
  },
};

/** Checks the headers that a procedure has, and sets some of its reply. */
export function checkHeaders(
  world: World,
  node: EndpointNode,
  scope: HandlerScope,
  token: string,
): void {
  const tracked = world.callOf(token);
  if (tracked === undefined || isBeyondKnowledge(world, tracked)) return;
  const finding = misread(tracked, scope.headers);
  if (finding !== undefined) world.problem('I19', `${node.name} ran ${token} ${finding}`);
  if (!tracked.headed) return;
  world.coverage.reach('headers:run');
  scope.setHeader('token', token);
}

function misread({ headed, token }: TrackedCall, given: CallHeaders): Finding {
  if (!headed)
    return Object.keys(given).length === 0 ? undefined : 'with headers that it never had';
  const bytes = given['bytes'];
  const isWhole = bytes instanceof Uint8Array && bytes[0] === token.length;
  return given['token'] === token && isWhole ? undefined : 'without its headers';
}

/** An attacker on the path, and ids that collide, make all of this possible. */
function isBeyondKnowledge(world: World, { call, node }: TrackedCall): boolean {
  return world.tainted.has(call.transactionId) || node.plan.faults.has('shortIds');
}
