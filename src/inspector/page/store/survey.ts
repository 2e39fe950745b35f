/** Survey: the overview of a store, and the diagnosis of it, made step by step. */
import type { Diagnosis } from './diagnosis.js';
import { diagnose } from './diagnosis.js';
import { evidenceOf } from './diagnosis-evidence.js';
import type { InspectionStore } from './inspection-store.js';
import type { Overview } from './overview.js';
import { overviewOf, spanOf } from './overview.js';
import { Parties } from './parties.js';
import type { TimeRange } from './time-range.js';
import type { Side } from './transaction.js';

/** What a survey is about. */
export interface SurveyChoice {
  /** The time by the clock of the records. */
  readonly nowMs: number;
  /** Whether more records come. */
  readonly goesOn: boolean;
  readonly timeRange: TimeRange | undefined;
  readonly picked: ReadonlySet<string>;
  readonly passes: ((side: Side) => boolean) | undefined;
}

export interface Survey {
  readonly overview: Overview;
  readonly diagnosis: Diagnosis;
  /** The time that the diagnosis is about. */
  readonly diagnosed: TimeRange;
}

/** While records come, what is wrong now is asked for, and not what was wrong long ago. */
const DIAGNOSED_MS = 120_000;

/** Makes a survey; undefined if there is nothing yet to make it of. */
export function* surveyOf(
  store: InspectionStore,
  choice: SurveyChoice,
): Generator<void, Survey | undefined> {
  const { nowMs, goesOn, timeRange } = choice;
  const span = spanOf(store.endpoints.values(), nowMs, goesOn);
  if (span === undefined) return undefined;
  const parties = new Parties(store);
  const overview = yield* overviewOf(store, parties, { ...choice, span });
  const recent = { fromMs: nowMs - DIAGNOSED_MS, toMs: nowMs };
  const diagnosed = timeRange ?? (goesOn ? recent : span);
  const evidence = yield* evidenceOf(store, parties, diagnosed);
  return { overview, diagnosis: diagnose(evidence), diagnosed };
}
