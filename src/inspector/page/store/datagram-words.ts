/** Datagram words: what became of a frame, in words and as a mark. */
import { endingOf } from './datagram-filter.js';
import { fateWords } from './fate-words.js';
import { durationText } from './format.js';
import type { Mark, Tone } from './state-words.js';
import type { Frame } from './transaction.js';

export interface DatagramWords {
  readonly mark: Mark;
  readonly tone: Tone;
  /** In a word or two. */
  readonly word: string;
  /** The same in a sentence. */
  readonly meaning: string;
}

/** The fates of frames that did what they were sent for. */
const USEFUL: ReadonlySet<string> = new Set([
  'request.run',
  'response.matched',
  'response.working',
  'response.present',
  'response.challenge',
  'response.ignored',
  'cancel.delivered',
  'probe.answered',
]);

export function datagramWords(frame: Frame): DatagramWords {
  const ending = endingOf(frame);
  const { refused } = frame.datagram;
  if (ending === undefined) {
    return { mark: 'dotted', tone: 'idle', word: 'sent', meaning: 'the system took it' };
  }
  if (refused !== undefined) {
    const meaning = `the system refused it, so it never left: ${refused}`;
    return { mark: 'slash', tone: 'bad', word: 'refused', meaning };
  }
  const meaning = fateWords(ending);
  if (isMalformed(frame)) return { mark: 'cross', tone: 'bad', word: ending, meaning };
  if (USEFUL.has(ending)) return { mark: 'full', tone: 'good', word: ending, meaning };
  return { mark: 'minus', tone: 'warn', word: ending, meaning };
}

/** Whether the frame could not be read, although its type may be known. */
export function isMalformed({ fate }: Frame): boolean {
  return fate?.startsWith('malformed') === true;
}

/** How long after the frame before it, of the same call at the same end, a frame came. */
export function sinceBefore(frame: Frame): string | undefined {
  const { transaction, endpoint, atMs, number } = frame;
  let before: Frame | undefined;
  for (const one of transaction?.frames ?? []) {
    const isEarlier = one.atMs < atMs || (one.atMs === atMs && one.number < number);
    if (one.endpoint !== endpoint || !isEarlier) continue;
    if (before === undefined || one.atMs >= before.atMs) before = one;
  }
  if (before === undefined) return undefined;
  return `${durationText(atMs - before.atMs)} after the ${before.type} before it`;
}
