/**
 * Diagnosis: what is wrong, and at whom. It rests on what the records tell alone, and never on a
 * guess: where they do not tell the cause, it says so. Pure: the same evidence, the same diagnosis.
 */
import { percent } from '../../../doctor/words.js';
import { blame, shareOf, sumOf } from './diagnosis-blame.js';
import type { Blamed, Edge } from './diagnosis-blame.js';
import type { Evidence } from './diagnosis-evidence.js';
import type { Finding } from './diagnosis-finding.js';
import { findLoss } from './diagnosis-loss.js';
import { findSlowHandlers, findWindowsOfOne } from './diagnosis-pace.js';
import type { Pair } from './diagnosis-party.js';
import { findAnswersElsewhere, findOldVersions, findRestarts } from './diagnosis-presence.js';
import { countOf, countText } from './format.js';
import type { Party } from './parties.js';
import { lasted } from './spread.js';

export interface Diagnosis {
  /** What is wrong, the worst first. */
  readonly findings: readonly Finding[];
  /** How many calls it rests on, and how many parties they were among. */
  readonly calls: number;
  readonly parties: number;
  /** Whether that is enough to say that nothing is wrong. */
  readonly isEnough: boolean;
}

/** With fewer calls, nothing is known. */
const ENOUGH_CALLS = 20;
/** Below it, with 95 % confidence, failures are not worth a word. */
const LEAST_FAILED = 0.05;
const MAX_REASONS = 3;

export function diagnose(evidence: Evidence): Diagnosis {
  const explained = [
    ...findAnswersElsewhere(evidence),
    ...findRestarts(evidence),
    ...findOldVersions(evidence),
    ...findSlowHandlers(evidence),
    ...findLoss(evidence),
    ...findWindowsOfOne(evidence),
  ];
  const findings = [...explained, ...findUnexplained(evidence, explained)];
  findings.sort((one, other) => sufferedByOne(other) - sufferedByOne(one));
  const ended = evidence.pairs.reduce((sum, pair) => sum + pair.ended, 0);
  const { size } = new Set(evidence.pairs.flatMap(({ from, to }) => [from, to]));
  return { findings, calls: ended, parties: size, isEnough: ended >= ENOUGH_CALLS };
}

/** What all have a little of must not hide what one has much of. */
function sufferedByOne({ suffered, among = 1 }: Finding): number {
  return suffered / among;
}

interface CallEdge extends Edge {
  readonly pair: Pair;
}

/** Calls that fail, at whom, where nothing that was found explains it. */
function findUnexplained({ pairs }: Evidence, findings: readonly Finding[]): Finding[] {
  const harmful = findings.filter(({ suffered }) => suffered > 0);
  const ill = new Set<Party>(
    harmful.flatMap(({ party, other }) => [party ?? [], other ?? []].flat()),
  );
  const isGeneral = harmful.some(({ party }) => party === undefined);
  const edges = pairs
    .filter(({ from, to }) => !ill.has(from) && !ill.has(to))
    .map((pair): CallEdge => {
      const { from, to, ended, failed, failedAt } = pair;
      return { from, to, all: ended, bad: failed, badAt: failedAt, pair };
    });
  const { blamed, rest } = blame(edges, LEAST_FAILED);
  return [...blamed.map(unexplainedAt), ...(isGeneral ? [] : unexplained(rest))];
}

function unexplainedAt({ party, way, all, bad, edges, others }: Blamed<CallEdge>): Finding {
  const calls = way === 'to' ? 'calls to it' : 'its calls';
  const evidence = [
    `${countText(bad)} of ${countText(all)} ${calls} failed: ${reasonsOf(edges)}.`,
    ...(others.all === 0
      ? []
      : [`Of ${countOf(others.all, 'other call')} ${countText(others.bad)}.`]),
  ];
  const words = `${percent(bad / all)} of ${calls} fail, and the records cannot tell why`;
  return { cause: 'unexplained', party, words, evidence, suffered: bad };
}

function unexplained(edges: readonly CallEdge[]): Finding[] {
  const { all, bad } = sumOf(edges);
  if (shareOf({ all, bad }).low < LEAST_FAILED) return [];
  if (!lasted(edges.map(({ badAt }) => badAt))) return [];
  const share = percent(bad / all);
  const among = new Set(edges.flatMap(({ from, to }) => [from, to])).size;
  return [
    {
      cause: 'unexplained',
      party: undefined,
      among,
      words: `${share} of all calls fail, and nobody stands out: the records cannot tell why`,
      evidence: [`${countText(bad)} of ${countText(all)} calls failed: ${reasonsOf(edges)}.`],
      suffered: bad,
    },
  ];
}

/** The most frequent reasons, with their counts. */
function reasonsOf(edges: readonly CallEdge[]): string {
  const counts = new Map<string, number>();
  for (const { pair } of edges) {
    for (const [reason, count] of pair.reasons) {
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const told = sorted
    .slice(0, MAX_REASONS)
    .map(([reason, count]) => `${countText(count)} ${reason}`);
  return sorted.length > MAX_REASONS ? `${told.join('; ')}; and others` : told.join('; ');
}
