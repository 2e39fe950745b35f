/** The world: what the command touches of its process. A parameter, so that tests can watch. */
import type { Output } from './output.js';
import type { Terminal } from './terminal.js';

export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What stdout is, if it is one. */
  readonly terminal?: Terminal | undefined;
  /** Where SIGINT and SIGTERM are heard: the process. */
  readonly signals: SignalSource;
  /** The folder that relative paths start from. */
  readonly cwd: string;
}

interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}
