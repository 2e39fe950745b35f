/**
 * Calls and abort signals. Node warns from the eleventh listener on one signal, and a listener left
 * behind keeps its call alive; so each signal gets one listener, shared by all calls tied to it.
 */

interface Cancellable {
  cancel(reason: unknown): void;
}

interface Tie {
  readonly calls: Set<Cancellable>;
  readonly listener: () => void;
}

/** Bounded by the calls that are open. */
const ties = new WeakMap<AbortSignal, Tie>();

/** Cancels the call when the signal aborts; at once when it has. */
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
      // The newest first: else each cancelled call in flight would send out one that waits.
      for (const tied of [...calls].reverse()) tied.cancel(signal.reason);
    };
    signal.addEventListener('abort', listener, { once: true });
    ties.set(signal, (tie = { calls, listener }));
  }
  tie.calls.add(call);
}

/** The call no longer cares. The last to leave takes the listener along. */
export function untieFromSignal(call: Cancellable, signal: AbortSignal): void {
  const tie = ties.get(signal);
  if (tie === undefined) return;
  tie.calls.delete(call);
  if (tie.calls.size > 0) return;
  signal.removeEventListener('abort', tie.listener);
  ties.delete(signal);
}
