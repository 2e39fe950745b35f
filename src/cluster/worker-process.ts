/** A worker, as the primary's process has it. */
import type { PrimaryMessage, WorkerMessage } from './message.js';

/** A worker's process. None of its methods throws. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: PrimaryMessage): void;
  kill(signal: NodeJS.Signals): void;
}

/** Who hears of a worker's process. */
export interface WorkerHearer {
  told(message: WorkerMessage): void;
  /** It can be told nothing any more, and will end. */
  disconnected(): void;
  /** Called once, and never before the process was given; both are null when it could not be started. */
  ended(exitCode: number | null, signal: string | null): void;
}

/** Starts a process for the worker in `slot`. Throws when the system does not let it. */
export type Fork = (slot: number, hearer: WorkerHearer) => WorkerProcess;
