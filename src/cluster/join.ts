/** How a worker joins its cluster: the one file that speaks for the worker's process. */
import cluster from 'node:cluster';
import { systemClock } from '../time/clock.js';
import { ClusterError } from './error.js';
import type { ClusterMember } from './member.js';
import { isClusterMessage, SLOT_VARIABLE } from './message.js';
import type { PrimaryMessage } from './message.js';
import { welcomed } from './welcome.js';

let joined: Promise<ClusterMember> | undefined;

/**
 * Joins the cluster, in a worker that `forkWorkers` started; whoever asks again gets the same member. The process
 * lives from then on until the primary closes the cluster.
 *
 * Rejects with a ClusterError in any other process, and when the primary does not answer for 10 s.
 */
export function joinCluster(): Promise<ClusterMember> {
  joined ??= join();
  return joined;
}

async function join(): Promise<ClusterMember> {
  const { worker } = cluster;
  if (worker === undefined || process.env[SLOT_VARIABLE] === undefined) {
    throw new ClusterError(
      'This process is no worker that forkWorkers started; fork workers in the primary first',
    );
  }
  const channel = {
    // A primary that is gone takes its workers along: nobody is left to hear of the error.
    send: (message: object) => process.send?.(message, undefined, undefined, () => undefined),
    listen: (hear: (message: PrimaryMessage) => void) => {
      process.on('message', (message) => {
        if (isClusterMessage(message)) hear(message as PrimaryMessage);
      });
    },
    disconnect: () => worker.disconnect(),
  };
  return welcomed(channel, systemClock);
}
