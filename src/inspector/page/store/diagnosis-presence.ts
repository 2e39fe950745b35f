/** Diagnosis of presence: who was away, who is not what was asked for, who answers from elsewhere. */
import { list } from '../../../doctor/words.js';
import { printable } from '../../../legible/printable.js';
import type { Evidence } from './diagnosis-evidence.js';
import type { Finding } from './diagnosis-finding.js';
import { CAUSES } from './diagnosis-finding.js';
import type { PartyEvidence } from './diagnosis-party.js';
import type { EndpointState } from './endpoint-state.js';
import { clockText, countOf, countText, durationText } from './format.js';
import { isIn } from './time-range.js';

export function findRestarts({ parties, timeRange }: Evidence): Finding[] {
  return [...parties.values()].flatMap((one) => {
    const restarts = restartsOf(one).filter(({ openedAtMs }) => isIn(timeRange, openedAtMs));
    return restarts.length === 0 ? [] : [restarted(one, restarts)];
  });
}

interface Restart {
  readonly before: EndpointState;
  readonly after: EndpointState;
  readonly endedAtMs: number;
  readonly openedAtMs: number;
}

function restartsOf({ party }: PartyEvidence): Restart[] {
  return party.endpoints.slice(1).flatMap((after, index) => {
    const before = party.endpoints[index];
    if (before?.closed === undefined) return [];
    const { atMs: endedAtMs } = before.closed;
    return [{ before, after, endedAtMs, openedAtMs: after.record.atMs }];
  });
}

function restarted({ party, failures }: PartyEvidence, restarts: readonly Restart[]): Finding {
  const { before, after, endedAtMs, openedAtMs } = restarts.at(-1) as Restart;
  const ended = before.condition === 'lost' ? 'Its feed broke off' : 'It closed';
  const processes = [before.record.processId, after.record.processId];
  const [first, second] = processes;
  const process = first === second ? '' : `, as process ${second} after ${first}`;
  const suffered = failures.filter(({ fromMs, toMs }) =>
    restarts.some((one) => fromMs <= one.openedAtMs && toMs >= one.endedAtMs),
  ).length;
  const times = restarts.length === 1 ? '' : `, ${countText(restarts.length)} times in this time`;
  return {
    cause: 'restarted',
    party,
    words: `${CAUSES.restarted.words} at ${clockText(openedAtMs).slice(0, 8)}${times}`,
    evidence: [
      `${ended} at ${clockText(endedAtMs)}, and an endpoint of its name opened at its address ` +
        `${durationText(Math.max(0, openedAtMs - endedAtMs))} later${process}.`,
      suffered === 0
        ? 'No call to it is known to have failed because of that.'
        : `${countOf(suffered, 'call')} to it that ran into it failed.`,
    ],
    suffered,
  };
}

export function findOldVersions({ parties }: Evidence): Finding[] {
  const known = [...parties.values()];
  const old = known.filter((one) => nativeness(one) === 'old');
  const native = known.filter((one) => nativeness(one) === 'native');
  // Where most are old, nobody stands out, and their callers know it.
  if (old.length >= native.length) return [];
  return old.map(({ party, callers, headersKept }) => {
    const evidence = [
      `It answered ${countOf(callers.size, 'caller')}, and none of the answers has a header map, as ` +
        `those of rpcudp 5.x; ${countOf(native.length, 'other')} answer with one.`,
      'A lost request is not sent to it again, because it would run twice.',
    ];
    if (headersKept > 0) {
      const kept = `${countOf(headersKept, 'call')} with headers`;
      evidence.push(`${kept} did not go to it: it would not see them.`);
    }
    const { words } = CAUSES.oldVersion;
    return { cause: 'oldVersion', party, words, evidence, suffered: headersKept };
  });
}

/** What its callers know of it, of those that it answered. */
function nativeness({ callers }: PartyEvidence): 'native' | 'old' | undefined {
  const seen = [...callers.values()].filter(({ resolved }) => resolved > 0);
  const told = seen.flatMap(({ native }) => native ?? []);
  if (told.length === 0) return undefined;
  return told.includes(true) ? 'native' : 'old';
}

/** Once, somebody may have forged it. */
const LEAST_ELSEWHERE = 2;
const MAX_ADDRESSES = 3;

export function findAnswersElsewhere({ parties }: Evidence): Finding[] {
  return [...parties.values()].flatMap(({ party, answersFrom, failed }): Finding[] => {
    const answers = [...answersFrom].sort(([, a], [, b]) => b - a);
    const all = answers.reduce((sum, [, count]) => sum + count, 0);
    if (all < LEAST_ELSEWHERE) return [];
    const addresses = list(answers.slice(0, MAX_ADDRESSES).map(([from]) => printable(from)));
    const evidence = [
      `${countOf(all, 'call')} to ${printable(party.address)} timed out, while an answer with the right id came ` +
        `from ${addresses}.`,
      'Such an answer can be forged, so it settles nothing.',
    ];
    const words = `answers from another address: ${addresses}`;
    return [{ cause: 'answersElsewhere', party, words, evidence, suffered: Math.max(all, failed) }];
  });
}
