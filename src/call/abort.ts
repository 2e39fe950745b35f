/**
 * Abort: ties calls to abort signals. Each signal gets one listener, which all its calls share:
 * Node.js warns about more than ten listeners on one signal, and a listener that is not removed
 * keeps its call in memory.
 */

interface Cancellable {
  cancel(reason: unknown): void;
}

interface Tie {
  readonly calls: Set<Cancellable>;
  readonly listener: () => void;
}

/** Bounded by the number of open calls. */
const ties = new WeakMap<AbortSignal, Tie>();

/** Cancels the call when the signal aborts, or at once if it has already aborted. */
export function tieToSignal(call: Cancellable, signal: AbortSignal): void {
  if (signal.aborted) {
    call.cancel(signal.reason);
    return;
  }
  let tie = ties.get(signal);
  if (tie === undefined) {
    const calls = new Set<Cancellable>();
    const listener = (): void => {
      ties.delete(signal);
      // The newest calls first. Otherwise each cancelled call in flight would let a waiting call be
      // sent.
      for (const tied of [...calls].reverse()) tied.cancel(signal.reason);
    };
    signal.addEventListener('abort', listener, { once: true });
    ties.set(signal, (tie = { calls, listener }));
  }
  tie.calls.add(call);
}

/** Unties the call. The listener is removed with the last call of its signal. */
export function untieFromSignal(call: Cancellable, signal: AbortSignal): void {
  const tie = ties.get(signal);
  if (tie === undefined) return;
  tie.calls.delete(call);
  if (tie.calls.size > 0) return;
  signal.removeEventListener('abort', tie.listener);
  ties.delete(signal);
}
