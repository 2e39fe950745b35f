/** How a command that runs until the user stops it learns that it shall end. */
import type { World } from './world.js';

/**
 * Resolves at Ctrl-C or SIGTERM, or when the reader of the command's output has left. The command
 * then waits for that reader a limited time.
 */
export function untilStopped({ signals, stdout }: World): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      stdout.hurry();
      resolve();
    };
    signals.on('SIGINT', stop);
    signals.on('SIGTERM', stop);
    stdout.onBroken(stop);
  });
}
