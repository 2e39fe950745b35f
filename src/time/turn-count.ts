/** Turn count: the event loop's own count of its turns, where the runtime has one. */
import { performance } from 'node:perf_hooks';

/** What Node.js always has, and runtimes without libuv may lack. */
interface EventLoopTiming {
  readonly nodeTiming?: { readonly uvMetricsInfo?: { readonly loopCount?: number } };
}

/**
 * Gives the number of the current turn. libuv counts its turns, and to read the count costs a tenth
 * of a callback at the end of each turn. Undefined under runtimes without libuv (Bun, Deno). Asked
 * for once, when this module loads.
 */
export const turnCount: (() => number) | undefined = hasTurnCount(performance)
  ? () => performance.nodeTiming.uvMetricsInfo.loopCount
  : undefined;

export function hasTurnCount({ nodeTiming }: EventLoopTiming): boolean {
  return typeof nodeTiming?.uvMetricsInfo?.loopCount === 'number';
}
