/** Options of one notification. */
export interface NotifyOptions {
  /**
   * A key, text or a finite number, such as the name of what the notification is about. A newer
   * notification of the same peer with the same key replaces one that still waits: for the end of
   * the turn, or for room on the way to the peer. So of a state that changes often only the newest
   * is sent. Without a key, a notification that finds no room is dropped. Default: none.
   */
  readonly latest?: string | number | undefined;
}
