/** How a demo learns that it shall end. */
import process from 'node:process';

/** Resolves at Ctrl-C, or at SIGTERM, which other programs send. A second signal ends the process. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
