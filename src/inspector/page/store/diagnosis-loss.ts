/** Diagnosis of loss: who loses frames, which way, as both ends tell it. */
import { list, percent } from '../../../doctor/words.js';
import { blame, shareOf, sumOf } from './diagnosis-blame.js';
import type { Blamed, Edge, Sum } from './diagnosis-blame.js';
import type { Evidence } from './diagnosis-evidence.js';
import type { Finding } from './diagnosis-finding.js';
import { CAUSES } from './diagnosis-finding.js';
import { countOf, countText } from './format.js';
import type { Party } from './parties.js';
import { lasted } from './spread.js';

/** As the doctor has it: a path is lossy if, with 95 % confidence, at least so much is lost. */
const LOSSY_FROM = 0.01;

export function findLoss({ frames }: Evidence): Finding[] {
  const { blamed, rest } = blame(frames, LOSSY_FROM);
  const findings = parties(blamed).map((own) => atParty(own, frames));
  return [...findings, ...everywhere(rest)];
}

/** What is blamed on each party, in the order of the blame. */
function parties(blamed: readonly Blamed[]): Blamed[][] {
  const byParty = new Map<Party, Blamed[]>();
  for (const one of blamed) byParty.set(one.party, [...(byParty.get(one.party) ?? []), one]);
  return [...byParty.values()];
}

function atParty(blamed: readonly Blamed[], frames: readonly Edge[]): Finding {
  const [worst] = blamed as readonly [Blamed, ...Blamed[]];
  const { party, way, other } = worst;
  const ways = new Set(blamed.map((one) => one.way));
  const cause = ways.size === 1 ? 'lossOneWay' : 'lossBothWays';
  const evidence = blamed.map(lossWords);
  if (ways.size === 1) evidence.push(...otherWay(party, way, frames));
  if (worst.others.all > 0) {
    const { bad, all } = worst.others;
    evidence.push(`Of ${countOf(all, 'other frame')} ${were(bad)} lost.`);
  }
  const suffered = sumOf(blamed).bad;
  const finding = {
    cause,
    party,
    words: titleOf(worst, ways.size === 2),
    evidence,
    suffered,
  } as const;
  return other === undefined ? finding : { ...finding, other };
}

function titleOf({ way, other, ...sum }: Blamed, isBoth: boolean): string {
  if (isBoth) return CAUSES.lossBothWays.words;
  const share = percent(sum.bad / sum.all);
  if (way === 'from') {
    return other === undefined
      ? `loses one way: ${share} of what it sends does not arrive`
      : `loses one way: ${share} of what it sends to ${other.name} does not arrive`;
  }
  return other === undefined
    ? `loses one way: ${share} of what is sent to it does not arrive`
    : `loses one way: ${share} of what ${other.name} sends to it does not arrive`;
}

function lossWords({ way, edges, bad, all, ...sum }: Blamed): string {
  const { low, high } = shareOf({ bad, all });
  const partners = new Set(edges.map(({ from, to }) => (way === 'from' ? to : from)));
  const whom = sum.other?.name ?? countOf(partners.size, 'endpoint');
  const sent = way === 'from' ? `it sent to ${whom}` : `${whom} sent to it`;
  const rate = `${percent(low)} to ${percent(high)} with 95 % confidence`;
  return `Of ${countOf(all, 'frame')} that ${sent}, ${countText(bad)} did not arrive: ${rate}.`;
}

/** What went the other way, to show that it is one way only. */
function otherWay(party: Party, way: 'from' | 'to', frames: readonly Edge[]): string[] {
  const back = sumOf(frames.filter((edge) => edge[way === 'from' ? 'to' : 'from'] === party));
  if (back.all === 0) return [];
  const what = way === 'from' ? 'were sent to it' : 'it sent';
  return [`Of ${countOf(back.all, 'frame')} that ${what}, ${were(back.bad)} lost.`];
}

/** Loss that no party explains. */
function everywhere(rest: readonly Edge[]): Finding[] {
  const sum = sumOf(rest);
  if (shareOf(sum).low < LOSSY_FROM || !lasted(rest.map(({ badAt }) => badAt))) return [];
  const lossy = rest.filter(({ bad }) => bad > 0);
  const ends = new Set(lossy.flatMap(({ from, to }) => [from, to]));
  const [one, two] = ends;
  const between = ends.size === 2 && one !== undefined && two !== undefined;
  const where = between
    ? `between ${list([one.name, two.name])}`
    : `among ${countOf(ends.size, 'endpoint')}`;
  const words = `${percent(sum.bad / sum.all)} of all frames are lost ${where}, and nobody stands out`;
  return [
    {
      cause: 'lossBothWays',
      party: undefined,
      among: ends.size,
      words,
      evidence: [sumWords(sum)],
      suffered: sum.bad,
    },
  ];
}

function sumWords({ all, bad }: Sum): string {
  return `Of ${countOf(all, 'frame')} of which both ends tell, ${countText(bad)} did not arrive.`;
}

function were(count: number): string {
  if (count === 0) return 'none was';
  return count === 1 ? '1 was' : `${countText(count)} were`;
}
