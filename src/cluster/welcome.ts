/** Welcome: how a worker becomes a member. It asks the primary, and then follows its messages. */
import type { Clock } from '../time/clock.js';
import { Doors } from './doors.js';
import { ClusterError } from './error.js';
import { ClusterMember } from './member.js';
import type { WorkerChannel } from './member.js';
import { decodeDoor } from './message.js';
import type { PrimaryMessage } from './message.js';

/** The primary answers at once, unless it is blocked or has no cluster. */
const WELCOME_TIMEOUT_MS = 10_000;

export interface ListeningChannel extends WorkerChannel {
  listen(hear: (message: PrimaryMessage) => void): void;
}

/** Asks the primary to join. Rejects with a ClusterError if it does not answer within 10 s. */
export function welcomed(channel: ListeningChannel, clock: Clock): Promise<ClusterMember> {
  return new Promise((resolve, reject) => {
    const doors = new Doors();
    let member: ClusterMember | undefined;
    const timer = clock.setTimeout(() => {
      reject(new ClusterError(`The primary did not answer within ${WELCOME_TIMEOUT_MS} ms`));
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
