/** Illness: what can be wrong with one endpoint of a crowd. A seed chooses one, and whose it is. */
import { SeededRandom } from 'rpcudp/testing';

export const ILLNESSES = [
  'lossOneWay',
  'slowHandler',
  'restarted',
  'windowOfOne',
  'oldVersion',
  'answersElsewhere',
] as const;

export type Illness = (typeof ILLNESSES)[number];

/** Which member is ill, counted from 0, and how. */
export interface IllMember {
  readonly index: number;
  readonly illness: Illness;
}

/** The same seed chooses the same illness and member of a crowd of this size. */
export function illMember(seed: number, size: number): IllMember {
  const random = new SeededRandom(seed, '/illness');
  const illness = ILLNESSES[Math.floor(random.unit() * ILLNESSES.length)] as Illness;
  return { illness, index: Math.floor(random.unit() * size) };
}
