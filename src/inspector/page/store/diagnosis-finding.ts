/** Diagnosis finding: something that is wrong, at whom, and what was seen of it. */
import type { Party } from './parties.js';

interface CauseRow {
  /** After the name of the party that has it. */
  readonly words: string;
  readonly advice: string;
}

/** Every cause that can be told from records. */
export const CAUSES = {
  lossOneWay: {
    words: 'loses datagrams one way',
    advice:
      'Look for a full queue, a firewall or a small buffer in that direction. Requests are repeated, ' +
      'and take longer.',
  },
  lossBothWays: {
    words: 'loses datagrams both ways',
    advice: 'Look for full queues, bad radio links and small buffers on its way to all others.',
  },
  slowHandler: {
    words: 'answers slowly: its procedures run long',
    advice: 'Look at what its procedures wait for, or give their callers more time.',
  },
  restarted: {
    words: 'was restarted',
    advice: 'Look at why it ended. Calls that it had not answered by then are lost.',
  },
  windowOfOne: {
    words: 'makes one call at a time to each peer',
    advice: 'Look at its options `window` and `initialWindow`.',
  },
  oldVersion: {
    words: 'speaks an old version of the protocol',
    advice: 'Upgrade it. It gets no headers, and a lost request is not sent to it again.',
  },
  answersElsewhere: {
    words: 'answers from another address than was asked',
    advice: 'Bind it to the one address that callers ask, or ask the address that answers.',
  },
  unexplained: {
    words: 'fails, and the records cannot tell why',
    advice: 'Run `rpcudp doctor` against it, from the machine of a caller.',
  },
} as const satisfies Readonly<Record<string, CauseRow>>;

type Cause = keyof typeof CAUSES;

export interface Finding {
  readonly cause: Cause;
  /** Who has it; undefined if no party stands out. */
  readonly party: Party | undefined;
  /** If set, it is not known which of the two has it, or whether it is the way between them. */
  readonly other?: Party;
  /** What is wrong, after the name of the party. */
  readonly words: string;
  /** What was seen, as sentences. */
  readonly evidence: readonly string[];
  /** How many calls or frames suffered from it. With 0 it is a fact that does no harm yet. */
  readonly suffered: number;
  /** Among how many parties they were, if no party stands out. */
  readonly among?: number;
}
