/** The world: what the command touches of its process. A parameter, so that tests can watch. */
import type { Output } from './output.js';

export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where SIGINT and SIGTERM are heard: the process. */
  readonly signals: SignalSource;
  /** The folder that relative paths start from. */
  readonly cwd: string;
}

interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}
