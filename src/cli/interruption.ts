/** Interruption: Ctrl-C, or a signal, during a command that waits for answers. */
import type { World } from './world.js';

/** Why the work of a command was aborted. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code = 'ERR_RPCUDP_INTERRUPTED';

  constructor() {
    super('The command was interrupted');
  }
}

/** A signal that aborts at these ones. The command then waits a limited time for its reader. */
export function interruption(
  { signals, stdout }: World,
  ...ending: readonly ('SIGINT' | 'SIGTERM')[]
): AbortSignal {
  const controller = new AbortController();
  for (const signal of ending) {
    signals.on(signal, () => {
      controller.abort(new InterruptedError());
      stdout.hurry();
    });
  }
  return controller.signal;
}
