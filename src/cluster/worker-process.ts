/** Worker process: the interface between the primary and the process of a worker. */
import type { PrimaryMessage, WorkerMessage } from './message.js';

/** The process of a worker. None of its methods throws. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: PrimaryMessage): void;
  kill(signal: NodeJS.Signals): void;
}

export interface WorkerHearer {
  told(message: WorkerMessage): void;
  /** The process cannot get messages any more, and will end. */
  disconnected(): void;
  /** Called once, after `Fork` has returned. Both are null if the process could not be started. */
  ended(exitCode: number | null, signal: string | null): void;
}

/** Starts a process for the worker in `slot`. Throws if the system refuses it. */
export type Fork = (slot: number, hearer: WorkerHearer) => WorkerProcess;
