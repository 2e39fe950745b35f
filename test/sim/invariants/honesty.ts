import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import { resultText } from '../oracle.js';
import type { TrackedCall } from '../tracked-call.js';
import type { World } from '../world.js';

/**
 * I3. What a caller is told is true. A value is what the peer's procedure returned for this call.
 * An error is what the procedure declared. 'executed: no' means that it did not run and never will;
 * 'maybe' allows both. A peer that forgets requests before their time may refuse a copy of one that
 * it ran, and says that it does (`forgottenEarly`). Calls whose id an on-path attacker has used are left out, because a protocol
 * without cryptography cannot detect that.
 */
export const honesty: Invariant = {
  id: 'I3',
  says: "a value comes from this call's own run, and what is said not to have run never runs",

  afterOutcome: (world, tracked) => {
    if (isBeyondKnowledge(world, tracked)) return undefined;
    return untrueAnswer(world, tracked) ?? untrueNo(world, tracked);
  },

  afterRun: (world, _node, { token }) => {
    const tracked = world.callOf(token);
    if (tracked === undefined || isBeyondKnowledge(world, tracked)) return undefined;
    return untrueNo(world, tracked);
  },
};

function isBeyondKnowledge(world: World, { call, node }: TrackedCall): boolean {
  return world.tainted.has(call.transactionId) || node.plan.faults.has('shortIds');
}

function untrueAnswer(world: World, { token, target, outcome }: TrackedCall): Finding {
  const runs = world.oracle.of(token).filter(({ node }) => node === target.name);
  if (outcome?.state === 'resolved') {
    const value = resultText(outcome.value);
    if (runs.some(({ result }) => result === value)) return undefined;
    return `${token} resolved with ${value.slice(0, 60)}, which ${target.name} never gave`;
  }
  if (outcome?.state === 'rejected' && outcome.error.code === 'asAsked') {
    if (runs.some(({ declared }) => declared === 'asAsked')) return undefined;
    return `${token} was rejected with an error that ${target.name} never declared`;
  }
  return undefined;
}

/** Whether the endpoint forgot a request before its time, in this life. */
function hasForgotten(node: EndpointNode): boolean {
  if (!node.alive) return false;
  node.refresh();
  return node.stats.forgottenEarly > 0;
}

function untrueNo(world: World, tracked: TrackedCall): Finding {
  const { token, outcome, madeAtMs, target, targetIncarnation } = tracked;
  if (outcome === undefined || outcome.state === 'resolved') return undefined;
  if (outcome.executed === 'maybe') return undefined;
  const runs = world.oracle.of(token).filter(({ startedAtMs, node, incarnation }) => {
    const refuser = world.endpoints.find(({ name }) => name === node && name === target.name);
    if (refuser === undefined) return true;
    // A peer that refused a request remembers that for its replay window and in this life. For an
    // older copy of the request, and in the next life, it is a new request. And who refuses a copy
    // knows nothing of what ran at its address before, or before its replay window.
    const { replayWindowMs } = refuser.limits;
    const isAnother = refuser.incarnation !== targetIncarnation;
    const isOver = world.nowMs - startedAtMs >= replayWindowMs;
    const knowsNothing = isAnother || isOver || hasForgotten(refuser);
    if (outcome.state === 'rejected' && knowsNothing) return false;
    return startedAtMs - madeAtMs < replayWindowMs && incarnation === targetIncarnation;
  });
  if (runs.length === 0) return undefined;
  const code = outcome.state === 'rejected' ? ` (${outcome.error.code})` : '';
  return `${token} was ${outcome.state}${code} with 'executed: no', and it ran`;
}
