/** World: what the command uses of its process. It is a parameter, so that tests can replace it. */
import type { Output } from './output.js';
import type { Terminal } from './terminal.js';

export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The terminal that stdout is; undefined if stdout is not a terminal. */
  readonly terminal?: Terminal | undefined;
  /** Whether stderr is a terminal, where a line can be written again and again. */
  readonly showsProgress?: boolean;
  /** Where SIGINT and SIGTERM are reported: the process. */
  readonly signals: SignalSource;
  /** The folder that relative paths start from. */
  readonly cwd: string;
}

interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}
