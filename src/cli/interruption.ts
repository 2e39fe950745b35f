/** Interruption: Ctrl-C during a command that waits for an answer. */
import type { World } from './world.js';

/** The reason of a call that was cancelled by Ctrl-C. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code = 'ERR_RPCUDP_INTERRUPTED';

  constructor() {
    super('The command was interrupted');
  }
}

/** A signal that aborts at Ctrl-C. The command then waits a limited time for its reader. */
export function interruption({ signals, stdout }: World): AbortSignal {
  const controller = new AbortController();
  signals.on('SIGINT', () => {
    controller.abort(new InterruptedError());
    stdout.hurry();
  });
  return controller.signal;
}
