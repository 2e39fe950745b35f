/**
 * Cluster workers: the primary's view of its workers. Each slot has one worker, which is replaced
 * when it dies, until the cluster is closed.
 */
import type { Subscription } from 'xstate';
import { Listeners } from '../actor/listeners.js';
import type { SocketAddress } from '../address/address.js';
import type { Clock } from '../time/clock.js';
import { Doors } from './doors.js';
import { ClusterError } from './error.js';
import { decodeDoor, encodeDoor } from './message.js';
import type { Door, WorkerMessage } from './message.js';
import type { WorkerReport } from './report.js';
import { RestartDelay } from './restart-delay.js';
import type { Fork, WorkerProcess } from './worker-process.js';

export interface ClusterParts {
  readonly size: number;
  readonly seed: number;
  readonly fork: Fork;
  readonly clock: Clock;
  readonly closeGraceMs: number;
  readonly reportError: (error: unknown) => void;
  /** Called when all workers have ended and will not be replaced. */
  readonly closed: () => void;
}

interface Slot {
  readonly index: number;
  readonly restartDelay: RestartDelay;
  worker: WorkerProcess | undefined;
  /** Whether the worker has joined, and so listens to messages. */
  joined: boolean;
  restart: unknown;
}

/** The workers that `forkWorkers` started. */
export class ClusterWorkers implements AsyncDisposable {
  /**
   * @internal Resolves when every worker receives at a common address. Rejects with a ClusterError
   * if a worker ends before that.
   */
  readonly ready: Promise<void>;

  readonly #parts: ClusterParts;
  readonly #slots: readonly Slot[];
  readonly #doors = new Doors();
  readonly #reports: Listeners<WorkerReport>;
  #allOpened: () => void = () => undefined;
  #failedToStart: (error: ClusterError) => void = () => undefined;
  /** Completes `close` when the last worker has ended. */
  #allEnded: () => void = () => undefined;
  #closed: Promise<void> | undefined;

  /** @internal Use `forkWorkers`. */
  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.#reports = new Listeners(parts.reportError);
    this.ready = new Promise((resolve, reject) => {
      this.#allOpened = resolve;
      this.#failedToStart = reject;
    });
    this.#slots = Array.from({ length: parts.size }, (_, index) => ({
      index,
      restartDelay: new RestartDelay(),
      worker: undefined,
      joined: false,
      restart: undefined,
    }));
    for (const slot of this.#slots) this.#start(slot);
  }

  /** The number of workers, including those that are being replaced. */
  get size(): number {
    return this.#slots.length;
  }

  /** The addresses at which all workers currently receive. */
  get addresses(): readonly SocketAddress[] {
    return this.#doors.addresses(this.size);
  }

  /** The process ids of the workers by slot; undefined for a worker that is being replaced. */
  get pids(): readonly (number | undefined)[] {
    return this.#slots.map(({ worker }) => worker?.pid);
  }

  /** Adds a listener for one type of report, or for all types with `'*'`. */
  on<Type extends WorkerReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? WorkerReport : Extract<WorkerReport, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#reports.on(type, listener as (report: WorkerReport) => void);
  }

  /**
   * Ends the workers and replaces none of them. Each worker is told, so that it can close its
   * endpoints (`ClusterMember#onClose`). Workers that have not ended after `closeGraceMs` are
   * killed. Resolves when all have ended. Never rejects. A second call gives the same promise.
   */
  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    const { clock, closeGraceMs } = this.#parts;
    const ended = new Promise<void>((resolve) => {
      this.#allEnded = resolve;
    });
    for (const { worker, joined, restart } of this.#slots) {
      clock.clearTimeout(restart);
      if (joined) worker?.send({ rpcudp: 'close' });
      else worker?.kill('SIGTERM');
    }
    const grace = clock.setTimeout(() => {
      for (const { worker } of this.#slots) worker?.kill('SIGKILL');
    }, closeGraceMs);
    this.#noteEndOfClose();
    await ended;
    clock.clearTimeout(grace);
    this.#reports.clear();
    this.#parts.closed();
  }

  #start(slot: Slot): void {
    const { clock, fork, reportError } = this.#parts;
    const startedMs = clock.nowMs();
    try {
      const worker = fork(slot.index, {
        told: (message) => {
          if (slot.worker === worker) this.#told(slot, message);
        },
        disconnected: () => {
          if (slot.worker === worker) this.#disconnected(slot);
        },
        ended: (exitCode, signal) => {
          this.#ended(slot, clock.nowMs() - startedMs, exitCode, signal);
        },
      });
      slot.worker = worker;
    } catch (error) {
      // For example, the system cannot start a process now, but perhaps later.
      reportError(error);
      this.#ended(slot, 0, null, null);
    }
  }

  #told(slot: Slot, message: WorkerMessage): void {
    switch (message.rpcudp) {
      case 'join':
        this.#welcome(slot);
        break;
      case 'opened': {
        const { address, door } = message;
        this.#setDoor(slot, address, decodeDoor(door));
        const { index, worker } = slot;
        this.#reports.emit({ type: 'worker.opened', slot: index, pid: worker?.pid, address });
        if (this.addresses.length > 0) this.#allOpened();
        break;
      }
      case 'closed':
        this.#setDoor(slot, message.address, undefined);
    }
  }

  #welcome(slot: Slot): void {
    const { seed, size } = this.#parts;
    for (const [address, index, door] of this.#doors) {
      slot.worker?.send({ rpcudp: 'door', address, slot: index, door: encodeDoor(door) });
    }
    slot.worker?.send({ rpcudp: 'welcome', slot: slot.index, workers: size, seed });
    slot.joined = true;
  }

  #setDoor({ index }: Slot, address: SocketAddress, door: Door | undefined): void {
    this.#doors.set(address, index, door);
    const told = door === undefined ? null : encodeDoor(door);
    for (const { joined, worker } of this.#slots) {
      if (joined) worker?.send({ rpcudp: 'door', address, slot: index, door: told });
    }
  }

  #disconnected(slot: Slot): void {
    slot.joined = false;
    for (const address of this.#doors.addressesOf(slot.index)) {
      this.#setDoor(slot, address, undefined);
    }
  }

  #ended(slot: Slot, livedMs: number, exitCode: number | null, signal: string | null): void {
    const { index, worker } = slot;
    this.#disconnected(slot);
    slot.worker = undefined;
    const how = signal ?? (exitCode === null ? 'not started' : `exit code ${exitCode}`);
    this.#failedToStart(
      new ClusterError(
        `Worker ${index} of ${this.size} ended (${how}) before all workers had opened their transports`,
      ),
    );
    const restartInMs =
      this.#closed === undefined ? slot.restartDelay.afterLifeOf(livedMs) : undefined;
    if (restartInMs !== undefined) {
      slot.restart = this.#parts.clock.setTimeout(() => this.#start(slot), restartInMs);
    }
    const pid = worker?.pid;
    this.#reports.emit({
      type: 'worker.ended',
      slot: index,
      pid,
      exitCode,
      signal,
      restartInMs,
    });
    this.#noteEndOfClose();
  }

  #noteEndOfClose(): void {
    if (this.#slots.every(({ worker }) => worker === undefined)) this.#allEnded();
  }
}
