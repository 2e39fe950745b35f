/** How a worker becomes a member: it asks, and hears of the cluster from then on. */
import type { Clock } from '../time/clock.js';
import { Doors } from './doors.js';
import { ClusterError } from './error.js';
import { ClusterMember } from './member.js';
import type { WorkerChannel } from './member.js';
import { decodeDoor } from './message.js';
import type { PrimaryMessage } from './message.js';

/** The primary answers at once, unless it is stuck or knows nothing of a cluster. */
const WELCOME_TIMEOUT_MS = 10_000;

/** A channel that can be listened to. */
export interface ListeningChannel extends WorkerChannel {
  /** From now on `hear` is called with each message of the primary. */
  listen(hear: (message: PrimaryMessage) => void): void;
}

/** Asks the primary to be let in. Rejects with a ClusterError when it does not answer for 10 s. */
export function welcomed(channel: ListeningChannel, clock: Clock): Promise<ClusterMember> {
  return new Promise((resolve, reject) => {
    const doors = new Doors();
    let member: ClusterMember | undefined;
    const timer = clock.setTimeout(() => {
      reject(new ClusterError(`The primary has not answered for ${WELCOME_TIMEOUT_MS} ms`));
    }, WELCOME_TIMEOUT_MS);
    channel.listen((message) => {
      switch (message.rpcudp) {
        case 'door': {
          const { address, slot, door } = message;
          doors.set(address, slot, door === null ? undefined : decodeDoor(door));
          break;
        }
        case 'welcome':
          clock.clearTimeout(timer);
          member = new ClusterMember(message, doors, channel);
          resolve(member);
          break;
        case 'close':
          void member?.leave();
      }
    });
    channel.send({ rpcudp: 'join' });
  });
}
