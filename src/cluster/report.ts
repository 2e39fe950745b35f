/** What a cluster tells those who listen to it. */
import type { SocketAddress } from '../address/address.js';

/** Emitted by the workers of a cluster. */
export type WorkerReport =
  | {
      /** A worker receives at an address from now on. */
      readonly type: 'worker.opened';
      readonly slot: number;
      readonly pid: number | undefined;
      readonly address: SocketAddress;
    }
  | {
      /** A worker is no more, and what it remembered of its senders is lost. */
      readonly type: 'worker.ended';
      readonly slot: number;
      readonly pid: number | undefined;
      /** Null when a signal ended it, or when it could not be started: then `signal` is null as well. */
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** When it is replaced; undefined when it is not, for the cluster is closed. */
      readonly restartInMs: number | undefined;
    };
