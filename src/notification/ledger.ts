/** Notification ledger: counts the notifications of an endpoint by how they ended. */
import { noNotifications } from '../api/notification-state.js';
import type { NotificationCounts, NotificationEnding } from '../api/notification-state.js';
import type { NotificationEnd } from '../api/notification-snapshot.js';
import { RecentIds } from '../call/recent-ids.js';

/** Notifications enter and leave by themselves. Made are those that ended, and `open`. */
export class NotificationLedger {
  /** How many were made and have not ended. Only `entered` and `ended` write it. */
  open = 0;
  /** Made when it is asked for: most endpoints notify nobody. */
  #answerable: RecentIds | undefined;
  /** Likewise. */
  #counts: NotificationCounts | undefined;

  /**
   * Those that were sent to peers that may answer, as an old peer answers any request. By them such
   * an answer is told from one that belongs to nothing. Bounded as `RecentIds` is.
   */
  get answerable(): RecentIds {
    return (this.#answerable ??= new RecentIds());
  }

  get counts(): Readonly<NotificationCounts> {
    return { ...(this.#counts ?? noNotifications()) };
  }

  entered(): void {
    this.open += 1;
  }

  ended(end: NotificationEnd): void {
    this.open -= 1;
    this.#counts ??= noNotifications();
    this.#counts[endingOf(end)] += 1;
  }
}

function endingOf(end: NotificationEnd): NotificationEnding {
  return end.state === 'dropped' ? `dropped.${end.reason}` : end.state;
}
