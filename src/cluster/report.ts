/** Cluster reports: the events that a cluster emits to its listeners. */
import type { SocketAddress } from '../address/address.js';

/** An event of a worker, emitted by `ClusterWorkers`. */
export type WorkerReport =
  | {
      /** A worker now receives at an address. */
      readonly type: 'worker.opened';
      readonly slot: number;
      readonly pid: number | undefined;
      readonly address: SocketAddress;
    }
  | {
      /** A worker has ended. Its memory of its senders is lost. */
      readonly type: 'worker.ended';
      readonly slot: number;
      readonly pid: number | undefined;
      /** Null if a signal ended the worker. If it could not be started, `signal` is also null. */
      readonly exitCode: number | null;
      readonly signal: string | null;
      /**
       * In how many milliseconds it will be replaced; undefined if it will not, because the cluster
       * is closed.
       */
      readonly restartInMs: number | undefined;
    };
