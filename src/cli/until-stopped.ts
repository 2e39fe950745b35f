/** How a command that runs on its own is ended. */
import type { World } from './world.js';

/** Resolves at Ctrl-C or SIGTERM, or when nobody reads the command's lines any more. */
export function untilStopped({ signals, stdout }: World): Promise<void> {
  return new Promise((resolve) => {
    signals.on('SIGINT', resolve);
    signals.on('SIGTERM', resolve);
    stdout.onBroken(resolve);
  });
}
