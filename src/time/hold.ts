/** Hold: whether a timer keeps the process alive. */

/** The timers of Node.js. Those of other clocks need not have these methods. */
interface HoldingTimer {
  ref?(): unknown;
  unref?(): unknown;
}

/** Lets the process end although the timer is set. */
export function release(timer: unknown): void {
  if (typeof timer === 'object') (timer as HoldingTimer | null)?.unref?.();
}

/** Keeps the process alive until the timer has fired, or is cleared. */
export function hold(timer: unknown): void {
  if (typeof timer === 'object') (timer as HoldingTimer | null)?.ref?.();
}
