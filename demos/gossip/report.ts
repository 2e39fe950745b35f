/** Reports: what the process of a node tells the main process, so that it can be shown. */

import type { PeerHealth } from 'rpcudp';

/** The node has heard of a member. */
interface Met {
  readonly type: 'met';
  readonly member: string;
}

/** The endpoint of the node reported that the health of a member has changed. */
interface Noticed {
  readonly type: 'noticed';
  readonly member: string;
  readonly health: NoticedHealth;
  readonly previous: PeerHealth;
  readonly unheardForMs?: number | undefined;
}

/** The healths of which an endpoint reports. */
export type NoticedHealth = 'responsive' | 'suspect' | 'silent';

export type NodeReport = Met | Noticed;
