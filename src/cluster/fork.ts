/** Fork: starts the workers of a cluster. Only this file uses node:cluster in the primary. */
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MAX_TIMER_DELAY_MS, systemClock } from '../time/clock.js';
import { requireOptions, unchecked, withDefaults } from '../option-table.js';
import type { OptionRow, OptionTable } from '../option-table.js';
import { systemRandom } from '../random.js';
import { guardedReport, warnings } from '../engine/warning.js';
import { isForeign } from '../transport/foreign-socket.js';
import { ClusterError } from './error.js';
import { isClusterMessage, SLOT_VARIABLE } from './message.js';
import type { WorkerMessage } from './message.js';
import type { Fork } from './worker-process.js';
import { ClusterWorkers } from './workers.js';

const MAX_WORKERS = 256;

/** The options of `forkWorkers`. All of them are optional. */
export interface ForkWorkersOptions {
  /**
   * The number of workers, from 1 to 256. Default: one for each core that this process may use
   * (`os.availableParallelism()`), at most 256.
   */
  readonly workers?: number | undefined;
  /** The module that the workers run: a path or a `file:` URL. Default: this process's program. */
  readonly exec?: string | URL | undefined;
  /** The command line arguments of the workers. Default: those of this process. */
  readonly args?: readonly string[] | undefined;
  /**
   * How long `close` waits for workers to end before it kills them: an integer of milliseconds from
   * 0 to 2,147,483,647. Default 5,000.
   */
  readonly closeGraceMs?: number | undefined;
  /**
   * Gets the error when a process could not be started, and errors that your listeners throw.
   * Default: a Node.js process warning.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS = {
  workers: integerIn(undefined, 1, MAX_WORKERS),
  exec: unchecked(undefined),
  args: unchecked(undefined),
  closeGraceMs: integerIn(5_000, 0, MAX_TIMER_DELAY_MS),
  onError: unchecked(undefined),
} satisfies OptionTable<ForkWorkersOptions>;

function integerIn<Standard>(standard: Standard, least: number, most: number): OptionRow<Standard> {
  const problem = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be an integer from ${least} to ${most}, but is ${String(value)}`;
  return { standard, problem };
}

/**
 * The cluster of this process. The workers of two clusters would share sockets and get each other's
 * datagrams, so there can be only one.
 */
let current: ClusterWorkers | undefined;

/**
 * Forks workers with node:cluster, which share UDP ports by `joinCluster`.
 *
 * A worker that dies is replaced after 100 ms. If workers of a slot repeatedly live less than 10 s,
 * this delay doubles each time, up to 10 s.
 *
 * Each remote address belongs to one worker. A worker that receives a datagram of another worker's
 * address forwards it. So each request still runs at most once, as long as its worker lives. Limits
 * (`maxRunningHandlers`, `maxReplies`, `amplification`, …) apply to each worker separately.
 *
 * `exec` and `args` are set in node:cluster for the whole process. Other settings of
 * `cluster.setupPrimary`, such as `execArgv`, are not changed.
 *
 * Resolves when there is an address at which every worker has opened a transport. Rejects with a
 * ClusterError if a worker ends before that (the other workers are ended first), if this process
 * has a cluster already or is itself a worker, or if its runtime's sockets share no port (Deno's).
 * Rejects with an OptionError for an option that is unknown or out of bounds.
 */
export async function forkWorkers(options: ForkWorkersOptions = {}): Promise<ClusterWorkers> {
  requireOptions<ForkWorkersOptions>(OPTIONS, options, 'forkWorkers');
  const { workers = Math.min(availableParallelism(), MAX_WORKERS) } = options;
  const { closeGraceMs } = withDefaults<ForkWorkersOptions, typeof OPTIONS>(OPTIONS, options);
  if (isForeign()) {
    throw new ClusterError('Workers need Node.js or Bun: sockets of this runtime share no port');
  }
  if (!cluster.isPrimary) throw new ClusterError('A worker of a cluster cannot fork workers');
  if (current !== undefined) throw new ClusterError('This process has already forked workers');
  const seed = new Uint32Array(1);
  systemRandom.fillBytes(new Uint8Array(seed.buffer));
  const reportError = guardedReport(options.onError ?? warnings());
  const started = new ClusterWorkers({
    size: workers,
    seed: seed[0] ?? 0,
    fork: forkWith(options, reportError),
    clock: systemClock,
    closeGraceMs,
    reportError,
    closed: () => {
      current = undefined;
    },
  });
  current = started;
  try {
    await started.ready;
    return started;
  } catch (error) {
    await started.close();
    throw error;
  }
}

function forkWith({ exec, args }: ForkWorkersOptions, reportError: (error: unknown) => void): Fork {
  return (slot, hearer) => {
    cluster.setupPrimary({
      ...(exec !== undefined && { exec: exec instanceof URL ? fileURLToPath(exec) : exec }),
      ...(args !== undefined && { args: [...args] }),
    });
    const worker = cluster.fork({ [SLOT_VARIABLE]: slot });
    worker.on('message', (message: unknown) => {
      if (isClusterMessage(message)) hearer.told(message as WorkerMessage);
    });
    worker.on('disconnect', () => {
      hearer.disconnected();
    });
    worker.on('exit', (exitCode: number | null, signal: string | null) => {
      hearer.ended(exitCode, signal);
    });
    const { pid } = worker.process;
    worker.on('error', (error) => {
      // A process that did not start emits no exit event. Other errors are about messages to a
      // process that is ending.
      if (pid !== undefined) return;
      reportError(error);
      hearer.ended(null, null);
    });
    return {
      pid,
      send: (message) => {
        worker.send(message, undefined, undefined, () => undefined);
      },
      kill: (signal) => {
        worker.process.kill(signal);
      },
    };
  };
}
