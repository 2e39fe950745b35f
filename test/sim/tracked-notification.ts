/** Tracked notification: one of the workload, and what the simulator knows about it. */
import type { Notification } from '../../src/api/notification.js';
import type { EndpointNode } from './endpoint-node.js';

export interface TrackedNotification {
  /** An argument of it that the oracle logs when the procedure runs, as with calls. */
  readonly token: string;
  readonly node: EndpointNode;
  readonly notification: Notification;
  /** How many ends it reported. It must be one, unless its process died. */
  endReports: number;
}
