/**
 * Diagnosis blame: who stands out when some of what goes between many fails. The one whose failures
 * are the most is taken first; what it explains is set aside, so that those who have to do with it
 * are not blamed for it.
 */
import type { Interval } from '../../../doctor/statistics.js';
import { wilsonInterval } from '../../../doctor/statistics.js';
import type { Party } from './parties.js';
import { lasted } from './spread.js';
import type { Spread } from './spread.js';

/** How much there was, and how much of it failed. */
export interface Sum {
  readonly all: number;
  readonly bad: number;
}

/** What went from one to another. */
export interface Edge extends Sum {
  readonly from: Party;
  readonly to: Party;
  /** When it failed. */
  readonly badAt: Spread;
}

/** A party that stands out, by what it sends or by what is sent to it. */
export interface Blamed<E extends Edge = Edge> extends Sum {
  readonly party: Party;
  readonly way: 'from' | 'to';
  readonly edges: readonly E[];
  /** All the rest. */
  readonly others: Sum;
  /** If set, it has trouble with this one alone. */
  readonly other: Party | undefined;
}

export interface Blame<E extends Edge> {
  readonly blamed: readonly Blamed<E>[];
  /** What those who are blamed do not explain. */
  readonly rest: readonly E[];
}

/** Less is chance. */
const LEAST_BAD = 3;
/** A party stands out if at least so much more of it fails than of the rest, with 95 % confidence. */
const TIMES = 2;
/** With so many that went well, a way is known to be sound. */
const SURELY_SOUND = 10;
/** The most that are blamed. */
const MAX_BLAMED = 10;

/** @param leastShare below it, with 95 % confidence, a share of failures is not worth telling */
export function blame<E extends Edge>(edges: readonly E[], leastShare: number): Blame<E> {
  const blamed: Blamed<E>[] = [];
  let rest = edges;
  while (blamed.length < MAX_BLAMED) {
    const [worst] = sides(rest)
      .filter((side) => standsOut(side, leastShare))
      .sort((a, b) => b.bad - a.bad || b.bad / b.all - a.bad / a.all);
    if (worst === undefined) break;
    blamed.push(worst);
    const explained = new Set(worst.edges);
    rest = rest.filter((edge) => !explained.has(edge));
  }
  return { blamed, rest };
}

export function sumOf(edges: readonly Sum[]): Sum {
  let all = 0;
  let bad = 0;
  for (const edge of edges) {
    all += edge.all;
    bad += edge.bad;
  }
  return { all, bad };
}

/** The share of failures, with 95 % confidence. */
export function shareOf({ all, bad }: Sum): Interval {
  return wilsonInterval(bad, all);
}

function standsOut(side: Blamed, leastShare: number): boolean {
  const { low } = shareOf(side);
  if (side.bad < LEAST_BAD || low < leastShare) return false;
  if (!lasted(side.edges.map(({ badAt }) => badAt))) return false;
  return side.others.all === 0 || low > TIMES * shareOf(side.others).high;
}

/** Each party, as the one that is sent to, which is named where both are as likely, and as sender. */
function sides<E extends Edge>(edges: readonly E[]): Blamed<E>[] {
  const all = sumOf(edges);
  return (['to', 'from'] as const).flatMap((way) => {
    const byParty = new Map<Party, E[]>();
    for (const edge of edges) {
      const known = byParty.get(edge[way]);
      if (known === undefined) byParty.set(edge[way], [edge]);
      else known.push(edge);
    }
    return [...byParty].map(([party, own]): Blamed<E> => {
      const sum = sumOf(own);
      const others = { all: all.all - sum.all, bad: all.bad - sum.bad };
      return { party, way, edges: own, ...sum, others, other: onlyOther(own, way) };
    });
  });
}

/** The one at the other end, if the trouble is with it alone. */
function onlyOther(edges: readonly Edge[], way: 'from' | 'to'): Party | undefined {
  const [bad, ...more] = edges.filter((edge) => edge.bad > 0);
  if (bad === undefined || more.length > 0) return undefined;
  const sound = sumOf(edges.filter((edge) => edge !== bad));
  const isAlone = edges.length === 1 || sound.all >= SURELY_SOUND;
  return isAlone ? bad[way === 'from' ? 'to' : 'from'] : undefined;
}
