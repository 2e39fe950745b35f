/** Tracked call: a call of the workload, and what the simulator knows about it. */
import type { SocketAddress } from '../../src/address/address.js';
import type { Call } from '../../src/api/call.js';
import type { Outcome } from '../../src/api/outcome.js';
import type { EndpointNode } from './endpoint-node.js';

export interface TrackedCall {
  /**
   * An argument of the request that the oracle logs when the procedure runs. It is unique and
   * cannot be hit by chance.
   */
  readonly token: string;
  readonly procedure: string;
  readonly node: EndpointNode;
  /** The life of `node` in which the call was made. */
  readonly incarnation: number;
  readonly target: { readonly name: string; readonly address: SocketAddress };
  /** The life of the target when the call was made. */
  readonly targetIncarnation: number;
  readonly madeAtMs: number;
  readonly timeoutMs: number;
  /** Its deadline by the clock of `node`, which stands still while its machine is suspended. */
  readonly dueMs: number;
  /** How many times it may be sent; undefined leaves that to the endpoint. */
  readonly attempts: number | undefined;
  /** Whether its contract says that the request may be repeated to any peer. */
  readonly idempotent: boolean;
  /** Whether it has headers. */
  readonly headed: boolean;
  readonly call: Call;
  readonly signal: AbortSignal | undefined;
  /** How many outcomes it reported. It must be one. */
  outcomeReports: number;
  /** How many times it was reported as overdue. */
  overdue: number;
  /** How many late and lost reports came. A call has at most one. */
  sequels: number;
  outcome: Outcome | undefined;
  /** By the clock of `node`, as long as that lives. */
  settledAtMs: number | undefined;
  /** Whether its process died, so that nobody waits for it any more. */
  abandoned: boolean;
}
