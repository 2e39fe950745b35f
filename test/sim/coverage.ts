/**
 * Coverage: what the seeds of a run have reached at least sometimes, and what they must reach
 * together.
 */
import { FATES } from '../../src/api/fate.js';
import { HEALTH_REPORT_TYPES } from '../../src/api/health-report.js';
import { OUTCOME_STATES } from '../../src/api/call-state.js';
import { VERDICTS } from '../../src/api/verdict.js';
import { NOTIFICATION_ENDINGS } from '../../src/api/notification-state.js';
import { REQUEST_ENDINGS } from '../../src/api/request-ending.js';
import { namesOf } from '../../src/vocabulary.js';
import { ERROR_CODES } from '../../src/wire/error-code.js';
import { ERRNOS } from './faulty-transport.js';
import { ODD_OPTIONS, PROCESS_FAULTS, STRIKES } from './plan.js';

/** What a run of the default seeds does not have to reach, and why. */
const UNREACHED: ReadonlyMap<string, string> = new Map([
  ['fate:malformed.undecodable', 'it must never happen: the guard accepts no such body'],
  ['verdict:notAskedAgain', 'no world restores a machine: test/xstate/restored-worlds does'],
  ['error:deadlinePassed', 'a caller whose deadline has passed does not wait for this answer'],
]);

const NAMES: readonly string[] = [
  ...namesOf(FATES).map((fate) => `fate:${fate}`),
  ...OUTCOME_STATES.map((state) => `outcome:${state}`),
  ...namesOf(NOTIFICATION_ENDINGS).map((ending) => `notification:${ending}`),
  ...namesOf(VERDICTS).map((verdict) => `verdict:${verdict}`),
  ...[...namesOf(ERROR_CODES), 'asAsked', 'turnedAway'].map((code) => `error:${code}`),
  ...namesOf(REQUEST_ENDINGS).map((ending) => `ending:${ending}`),
  ...['loss', 'partition', 'capacity', 'tooLarge', 'nobodyListens'].map((why) => `lost:${why}`),
  ...['late', 'lost'].map((sequel) => `sequel:${sequel}`),
  ...['ordinary', 'swizzleClog', 'allQuiet'].map((mode) => `mode:${mode}`),
  ...ERRNOS.map((errno) => `errno:${errno}`),
  ...STRIKES.map((strike) => `strike:${strike}`),
  ...ODD_OPTIONS.map((option) => `oddOption:${option}`),
  ...PROCESS_FAULTS.map((fault) => `processFault:${fault}`),
  ...['failed', 'elsewhere', 'first', 'second'].map((meaning) => `lookup:${meaning}`),
  ...HEALTH_REPORT_TYPES,
  ...[
    'answeredElsewhere',
    'overdue',
    'retransmitted',
    'corrupted',
    'duplicated',
    'oldPeer:answered',
    'procedure:aborted',
  ],
  ...['passed', 'refused', 'turnedAway', 'overtaken'].map((what) => `middleware:${what}`),
  ...['interceptor:passed', 'interceptor:keptBack'],
  ...['sent', 'delivered', 'lost', 'duplicated', 'corrupted', 'ignored'].map(
    (what) => `bundle:${what}`,
  ),
  ...['bundle:lostAndAnswered', 'bundle:ignoredAndAnswered', 'replay:bundled', 'replay:unbundled'],
  ...['headers:run', 'headers:replied'],
  ...['wake:timersFirst', 'wake:messagesFirst', 'executed:no', 'executed:maybe'],
];

/** What the default seeds must reach at least once. */
const REQUIRED: readonly string[] = NAMES.filter((name) => !UNREACHED.has(name));

export class Coverage {
  readonly #counts = new Map<string, number>();

  reach(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  add(other: Coverage): void {
    for (const [what, times] of other.#counts) this.reach(what, times);
  }

  /** How many times each thing was reached, by name. */
  get counts(): readonly (readonly [what: string, times: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What was required and never reached. */
  get missing(): string[] {
    return REQUIRED.filter((what) => !this.#counts.has(what));
  }
}
