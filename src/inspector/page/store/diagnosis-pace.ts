/** Diagnosis of pace: who answers slowly, and who asks slowly. */
import { quantile } from '../../../doctor/statistics.js';
import { list } from '../../../doctor/words.js';
import { printable } from '../../../legible/printable.js';
import type { Evidence } from './diagnosis-evidence.js';
import type { Finding } from './diagnosis-finding.js';
import { CAUSES } from './diagnosis-finding.js';
import type { PartyEvidence } from './diagnosis-party.js';
import { countOf, countText, durationText } from './format.js';
import type { Party } from './parties.js';
import { lasted } from './spread.js';

/** A procedure is slow at a party if it takes so many times as long as elsewhere, and so much more. */
const SLOW_TIMES = 5;
const SLOW_BY_MS = 100;
/** Fewer runs are chance, and fewer others are no measure. */
const LEAST_RUNS = 5;
const LEAST_OTHERS = 2;
/** With so many time-outs after a long run, a procedure is slow whatever others take. */
const LEAST_OVERRUN = 3;

/** A call that is sent later than this waited. */
const WAITED_MS = 5;
const LEAST_WAITED = 5;
const LEAST_WAITED_SHARE = 0.2;
/** With more parties than this, what most of them have is nobody's illness. */
const FEW = 2;

interface SlowProcedure {
  readonly name: string;
  readonly runs: number;
  readonly medianMs: number;
  readonly othersMs: number;
  readonly others: number;
}

export function findSlowHandlers({ parties }: Evidence): Finding[] {
  const medians = mediansOf(parties.values());
  const serving = [...parties.values()].filter(({ runs }) => runs.size > 0);
  const overrun = serving.filter(
    ({ overran, overranAt }) => overran >= LEAST_OVERRUN && lasted([overranAt]),
  );
  const isGeneral = serving.length > FEW && overrun.length > serving.length / 2;
  const findings = serving.flatMap((one) => {
    const slow = slowProcedures(one.party, medians);
    return slow.length > 0 || (overrun.includes(one) && !isGeneral) ? [atParty(one, slow)] : [];
  });
  return isGeneral ? [...findings, everywhere(overrun, serving.length)] : findings;
}

type Medians = ReadonlyMap<
  string,
  ReadonlyMap<Party, { readonly runs: number; readonly ms: number }>
>;

/** How long each procedure runs at each party that ran it often enough. */
function mediansOf(parties: Iterable<PartyEvidence>): Medians {
  const medians = new Map<string, Map<Party, { runs: number; ms: number }>>();
  for (const { party, runs } of parties) {
    for (const [name, { times, at }] of runs) {
      const ms = quantile(times, 0.5);
      if (ms === undefined || times.length < LEAST_RUNS || !lasted([at])) continue;
      const known = medians.get(name) ?? new Map<Party, { runs: number; ms: number }>();
      medians.set(name, known.set(party, { runs: times.length, ms }));
    }
  }
  return medians;
}

function slowProcedures(party: Party, medians: Medians): SlowProcedure[] {
  return [...medians].flatMap(([name, byParty]) => {
    const own = byParty.get(party);
    const others = [...byParty].filter(([other]) => other !== party).map(([, { ms }]) => ms);
    const othersMs = quantile(others, 0.5);
    if (own === undefined || othersMs === undefined || others.length < LEAST_OTHERS) return [];
    const { ms, runs } = own;
    if (ms < SLOW_TIMES * othersMs || ms < othersMs + SLOW_BY_MS) return [];
    return [{ name: printable(name), runs, medianMs: ms, othersMs, others: others.length }];
  });
}

function atParty({ party, overran, failed }: PartyEvidence, slow: SlowProcedure[]): Finding {
  slow.sort((a, b) => b.runs - a.runs);
  const evidence = slow.slice(0, 3).map(({ name, runs: times, medianMs, othersMs, others }) => {
    const where = countOf(others, 'other endpoint');
    return (
      `${name} ran for ${durationText(medianMs)} there, the median of ${countText(times)} runs; ` +
      `at ${where} for ${durationText(othersMs)}.`
    );
  });
  if (overran > 0) {
    const calls = `${countOf(overran, 'call')} to it timed out`;
    evidence.push(`${calls} after the procedure had run for half of the time or longer.`);
  }
  const slowRuns = slow.reduce((sum, { runs: times }) => sum + times, 0);
  const [only] = slow.length === 1 ? slow : [];
  const words =
    only === undefined ? CAUSES.slowHandler.words : `answers slowly: ${only.name} runs long`;
  const suffered = Math.max(slowRuns, overran, failed);
  return { cause: 'slowHandler', party, words, evidence, suffered };
}

function everywhere(overrun: readonly PartyEvidence[], serving: number): Finding {
  const suffered = overrun.reduce((sum, { overran }) => sum + overran, 0);
  const words = `Procedures run too long at ${overrun.length} of ${countOf(serving, 'endpoint')}`;
  const evidence = [
    `${countOf(suffered, 'call')} timed out after the procedure had run for half of the time or longer.`,
  ];
  const among = overrun.length;
  return { cause: 'slowHandler', party: undefined, among, words, evidence, suffered };
}

export function findWindowsOfOne({ parties }: Evidence): Finding[] {
  const callers = [...parties.values()].filter(({ waits }) => waits.length > 0);
  const narrow = callers.filter((one) => windowIsOne(one) && waitsMuch(one));
  const others = callers.filter((one) => !narrow.includes(one));
  if (narrow.length > FEW && narrow.length > others.length) return [narrowEverywhere(narrow)];
  return narrow.map((one) => narrowAt(one, others));
}

/**
 * Whether all its windows are 1, of peers that answer: where answers are missing, a window shrinks,
 * and that is a symptom of something else.
 */
function windowIsOne({ calls }: PartyEvidence): boolean {
  const limits = [...calls.values()]
    .filter(({ disturbed, resolved }) => disturbed === 0 && resolved >= 2)
    .flatMap(({ windowLimit }) => windowLimit ?? []);
  return limits.length > 0 && limits.every((limit) => limit === 1);
}

function waitsMuch({ waits }: PartyEvidence): boolean {
  const waited = waits.filter(isWait).length;
  return waited >= LEAST_WAITED && waited >= LEAST_WAITED_SHARE * waits.length;
}

function isWait(ms: number): boolean {
  return ms >= WAITED_MS;
}

function narrowAt(
  { party, calls, waits }: PartyEvidence,
  others: readonly PartyEvidence[],
): Finding {
  const waited = waits.filter(isWait);
  const limits = others.flatMap(({ calls: theirs }) =>
    [...theirs.values()].flatMap(({ windowLimit }) => windowLimit ?? []),
  );
  const usual = quantile(limits, 0.5);
  const evidence = [
    `It may have 1 call in flight to each of ${countOf(calls.size, 'peer')}, though they answer` +
      `${usual === undefined ? '' : `; others may have ${countText(usual)}`}.`,
    `${countText(waited.length)} of its ${countOf(waits.length, 'call')} waited for their turn, ` +
      `${durationText(quantile(waited, 0.5) ?? 0)} in the median.`,
  ];
  const words = 'has a window of 1: it makes one call at a time to each peer';
  return { cause: 'windowOfOne', party, words, evidence, suffered: waited.length };
}

function narrowEverywhere(narrow: readonly PartyEvidence[]): Finding {
  const suffered = narrow.reduce((sum, { waits }) => sum + waits.filter(isWait).length, 0);
  const names = narrow.slice(0, 3).map(({ party }) => party.name);
  return {
    cause: 'windowOfOne',
    party: undefined,
    among: narrow.length,
    words: `${countOf(narrow.length, 'endpoint')} have a window of 1`,
    evidence: [
      `${countOf(suffered, 'call')} waited for their turn, at ${list(names)} among others.`,
    ],
    suffered,
  };
}
