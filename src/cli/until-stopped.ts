/** How a command that runs until the user stops it learns that it shall end. */
import type { World } from './world.js';

/** Resolves at Ctrl-C or SIGTERM, or when the reader of the command's output has left. */
export function untilStopped({ signals, stdout }: World): Promise<void> {
  return new Promise((resolve) => {
    signals.on('SIGINT', resolve);
    signals.on('SIGTERM', resolve);
    stdout.onBroken(resolve);
  });
}
