/** What an endpoint counts. */
import type { Outcome } from '../call/outcome.js';
import type { FateCounts } from '../socket/fate.js';

/** Everything is since it was opened, but for what ends in `now`. */
export interface EndpointStats {
  /** Inbound datagrams: the sum of all `fates`. */
  readonly received: number;
  readonly fates: FateCounts;
  /** Outbound datagrams that the kernel took, and those that it refused. */
  readonly sent: number;
  readonly refused: number;
  /** Calls by outcome. */
  readonly outcomes: Readonly<Record<Outcome['state'], number>>;
  /** Calls made are the sum of all `outcomes`, `queuedNow` and `inFlightNow`. */
  readonly queuedNow: number;
  readonly inFlightNow: number;
  readonly lingeringNow: number;
  readonly runningNow: number;
  readonly rememberedNow: number;
  readonly peersNow: number;
}
