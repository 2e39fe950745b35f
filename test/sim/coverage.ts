/** "Sometimes" coverage: what the seeds of a run have reached, and what they must reach together. */
import { noFates } from '../../src/api/fate.js';
import { ERRNOS } from './faulty-transport.js';
import { ODD_OPTIONS, PROCESS_FAULTS, STRIKES } from './plan.js';

/** What a run of the default seeds does not have to reach, and why. */
const UNREACHED: ReadonlyMap<string, string> = new Map([
  ['fate:malformed.undecodable', 'it is what should never be: the guard lets nothing such through'],
  ['error:deadlinePassed', 'who is told so waits no longer, or the deadline would not have passed'],
]);

const NAMES: readonly string[] = [
  ...Object.keys(noFates()).map((fate) => `fate:${fate}`),
  ...['resolved', 'rejected', 'timedOut', 'cancelled', 'unsent'].map((state) => `outcome:${state}`),
  ...['neverSent', 'unreachable', 'localLoopBlocked', 'peerAliveButSlow', 'peerSilent'].map(
    (verdict) => `verdict:${verdict}`,
  ),
  ...['unknownProcedure', 'invalidArguments', 'overloaded', 'deadlinePassed', 'closing'].map(
    (code) => `error:${code}`,
  ),
  ...[
    'handlerTimedOut',
    'replyTooLarge',
    'replyForgotten',
    'asAsked',
    'handlerFailed',
    'invalidResult',
  ].map((code) => `error:${code}`),
  ...['replied', 'failed', 'timedOut', 'cancelled', 'abandoned', 'replayed', 'duplicate'].map(
    (ending) => `ending:${ending}`,
  ),
  ...[
    'conflict',
    'unknownProcedure',
    'invalidArguments',
    'overloaded',
    'deadlinePassed',
    'closing',
  ].map((ending) => `ending:${ending}`),
  ...['loss', 'partition', 'capacity', 'tooLarge', 'nobodyListens'].map((why) => `lost:${why}`),
  ...['late', 'lost'].map((sequel) => `sequel:${sequel}`),
  ...['ordinary', 'swizzleClog', 'allQuiet'].map((mode) => `mode:${mode}`),
  ...ERRNOS.map((errno) => `errno:${errno}`),
  ...STRIKES.map((strike) => `strike:${strike}`),
  ...ODD_OPTIONS.map((option) => `oddOption:${option}`),
  ...PROCESS_FAULTS.map((fault) => `processFault:${fault}`),
  ...['retransmitted', 'corrupted', 'duplicated', 'oldPeer:answered', 'procedure:aborted'],
  ...['sent', 'delivered', 'lost', 'duplicated', 'corrupted', 'ignored'].map(
    (what) => `bundle:${what}`,
  ),
  ...['bundle:lostAndAnswered', 'bundle:ignoredAndAnswered', 'replay:bundled', 'replay:unbundled'],
  ...['wake:timersFirst', 'wake:messagesFirst', 'executed:no', 'executed:maybe'],
];

/** What the default seeds must reach, each at least once. */
const REQUIRED: readonly string[] = NAMES.filter((name) => !UNREACHED.has(name));

export class Coverage {
  readonly #counts = new Map<string, number>();

  reach(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  add(other: Coverage): void {
    for (const [what, times] of other.#counts) this.reach(what, times);
  }

  /** How often each thing was reached, by name. */
  get counts(): readonly (readonly [what: string, times: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What was required and never reached. */
  get missing(): string[] {
    return REQUIRED.filter((what) => !this.#counts.has(what));
  }
}
