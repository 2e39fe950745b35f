/** How a cluster is started: the one file that speaks for the primary's process. */
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MAX_TIMER_DELAY_MS, systemClock } from '../time/clock.js';
import { requireOptions, unchecked, withDefaults } from '../option-table.js';
import type { OptionRow, OptionTable } from '../option-table.js';
import { systemRandom } from '../random.js';
import { guardedReport, warnings } from '../engine/warning.js';
import { ClusterError } from './error.js';
import { isClusterMessage, SLOT_VARIABLE } from './message.js';
import type { WorkerMessage } from './message.js';
import type { Fork } from './worker-process.js';
import { ClusterWorkers } from './workers.js';

const MAX_WORKERS = 256;

/** How to fork workers. Everything is optional. */
export interface ForkWorkersOptions {
  /** How many, 1 to 256. Default: one for each core this process may use (`os.availableParallelism()`). */
  readonly workers?: number;
  /** The module that the workers run, a path or a `file:` URL. Default: the program that runs here. */
  readonly exec?: string | URL;
  /** The workers' command line arguments. Default: those of this process. */
  readonly args?: readonly string[];
  /** How long `close` waits for workers to end before it kills them, in milliseconds. Default 5,000. */
  readonly closeGraceMs?: number;
  /**
   * Hears why a process could not be started, and what listeners of yours throw. Default: a Node.js process warning.
   */
  readonly onError?: (error: unknown) => void;
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

/** The cluster of this process. Two would take each other's datagrams: their workers would share sockets. */
let current: ClusterWorkers | undefined;

/**
 * Forks workers with node:cluster, and replaces those that die: after 100 ms, and when they do not live 10 s twice as
 * long each time, up to 10 s. Workers share UDP ports by `joinCluster`. Each remote address belongs to one of them;
 * what another receives from there it hands on, so each request still runs at most once, as long as its worker lives.
 * Limits (`maxRunningHandlers`, `maxReplies`, what may be sent to addresses that may be forged, …) are each worker's
 * own. `exec` and `args` are set in node:cluster, for the whole process; what else `cluster.setupPrimary` takes
 * (`execArgv`, say) stays as it is.
 *
 * Resolves when there is an address at which every worker has opened a transport. Rejects with a ClusterError when a
 * worker ends before that, after ending the others, and when this process has a cluster already or is itself a worker;
 * with an OptionError for an option that is unknown or out of bounds.
 */
export async function forkWorkers(options: ForkWorkersOptions = {}): Promise<ClusterWorkers> {
  requireOptions<ForkWorkersOptions>(OPTIONS, options, 'forkWorkers');
  const { workers = Math.min(availableParallelism(), MAX_WORKERS) } = options;
  const { closeGraceMs } = withDefaults<ForkWorkersOptions, typeof OPTIONS>(OPTIONS, options);
  if (!cluster.isPrimary) throw new ClusterError('A worker of a cluster cannot fork workers');
  if (current !== undefined) throw new ClusterError('This process has forked workers already');
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
      // Without a process there is no exit to hear of. Other errors are of messages to one that is ending.
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
