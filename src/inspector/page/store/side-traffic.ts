/** Side traffic: what a call, a notification or a request adds to the traffic with its peer. */
import type { RecordOf } from '../../record.js';
import type { PeerState } from './endpoint-state.js';
import { isRoundTrip } from './side-reducer.js';
import { Traffic } from './traffic.js';
import type { Side } from './transaction.js';

/**
 * Counts the step of a call or a notification if it tells an outcome, or a late answer. Answers are
 * points in the plot of round trips, too.
 *
 * @param oneIn one in this many healthy calls is shown: it stands for all of them
 */
export function countStep(
  peer: PeerState,
  side: Side,
  step: RecordOf<'step'>,
  oneIn: number,
): void {
  const { kind, attempts } = side;
  if (kind === 'notification') {
    if (step.final) addSent(peer, step.atMs, oneIn, 0, 0);
  } else if (step.outcome !== undefined) {
    const answered = step.state === 'resolved' || step.state === 'rejected';
    const isHealthy = step.state === 'resolved' && attempts === 1;
    // How many transmissions of a cancelled call would have been answered is not known.
    const transmissions = step.state === 'cancelled' ? 0 : attempts;
    const unanswered = transmissions - workingAnswers(side) - Number(answered);
    const calls = isHealthy ? oneIn : 1;
    addSent(peer, step.atMs, calls, transmissions * calls, Math.max(0, unanswered));
    const roundTripMs = step.outcome['rttMs'];
    if (typeof roundTripMs === 'number' && isRoundTrip(side)) {
      peer.roundTrips.add({ atMs: step.atMs, ms: roundTripMs });
    }
  } else if (step.state === 'late') addSent(peer, step.atMs, 0, 0, -1);
}

/** Counts a request that arrived. If it was not sent for the first time, the earlier ones were lost. */
export function countRequest(
  peer: PeerState,
  { atMs, attempt, oneWay }: RecordOf<'handler'>,
  oneIn: number,
): void {
  peer.asked ??= new Traffic();
  const calls = attempt > 1 ? 1 : oneIn;
  const transmissions = oneWay === true ? 0 : calls * attempt;
  peer.asked.add(atMs, { calls, transmissions, unanswered: Math.max(0, attempt - 1) });
}

/** How many repetitions the peer answered with a notice that it is still working. */
function workingAnswers({ steps }: Side): number {
  return steps.reduce((sum, { event }) => sum + Number(event === 'working'), 0);
}

function addSent(
  peer: PeerState,
  atMs: number,
  calls: number,
  transmissions: number,
  unanswered: number,
): void {
  peer.sent ??= new Traffic();
  peer.sent.add(atMs, { calls, transmissions, unanswered });
}
