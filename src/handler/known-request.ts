/** Known requests: requests that arrived before. */
import type { SettledRequest } from '../api/endpoint-report.js';

/** A request to compare repetitions with. It is running, or has ended and is remembered. */
export interface KnownRequest {
  readonly digest: number;
  readonly settled: SettledRequest;
  /** Answers a repetition, as far as this is possible without running the procedure again. */
  repeat(): 'replayed' | 'duplicate';
}

export interface RunningRequest extends KnownRequest {
  cancel(): 'delivered' | 'orphan';
}
