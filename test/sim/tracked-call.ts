/** A call of the workload, and what the simulator knows of it. */
import type { SocketAddress } from '../../src/address/address.js';
import type { Call } from '../../src/api/call.js';
import type { Outcome } from '../../src/api/outcome.js';
import type { EndpointNode } from './endpoint-node.js';

export interface TrackedCall {
  /** What the request carries, and the oracle logs when it is run. Unique, and hard to hit by chance. */
  readonly token: string;
  readonly procedure: string;
  readonly node: EndpointNode;
  /** The life of `node` in which it was made. */
  readonly incarnation: number;
  readonly target: { readonly name: string; readonly address: SocketAddress };
  /** Which life the target was in when the call was made. */
  readonly targetIncarnation: number;
  readonly madeAtMs: number;
  readonly timeoutMs: number;
  /** How often it may be sent; undefined leaves that to the endpoint. */
  readonly attempts: number | undefined;
  /** Its contract says that it may be repeated to anybody. */
  readonly idempotent: boolean;
  readonly call: Call;
  readonly signal: AbortSignal | undefined;
  /** Outcome reports it emitted, which must be one. */
  outcomeReports: number;
  /** Late and lost reports, of which a call has at most one. */
  sequels: number;
  outcome: Outcome | undefined;
  settledAtMs: number | undefined;
  /** Its process died: nobody waits for it any more. */
  abandoned: boolean;
}
