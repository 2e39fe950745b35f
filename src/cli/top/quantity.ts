/** Quantity: formats numbers so that they are easy to read and their widths change little. */

const COUNT = new Intl.NumberFormat('en-US');
const MILLION = 1_000_000;

/** For example `12,345`, and from ten million on `12.3M`. */
export function countWords(count: number): string {
  return count < 10 * MILLION ? COUNT.format(count) : `${(count / MILLION).toFixed(1)}M`;
}

/** For example `0.5/s` or `66/s`; a dash if the rate is not known. */
export function rateWords(perSecond: number | undefined): string {
  if (perSecond === undefined) return '-/s';
  if (perSecond === 0 || perSecond >= 9.95) return `${countWords(Math.round(perSecond))}/s`;
  return perSecond < 0.05 ? '<0.1/s' : `${perSecond.toFixed(1)}/s`;
}

/** For example `0.34 ms`, `3.4 ms`, `340 ms` or `3.4 s`. */
export function durationWords(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return ms >= 1 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

/** How long ago something was: `now`, `5 s`, `5 min` or `5 h`. */
export function ageWords(ms: number): string {
  if (ms < 1_000) return 'now';
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** For example `97 %`. Only the whole is 100 %, and only nothing is 0 %. */
export function shareWords(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  if (share < 1 && share > 0.99) return '>99 %';
  return `${Math.round(share * 100)} %`;
}
