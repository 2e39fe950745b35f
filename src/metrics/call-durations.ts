/** Call durations: the two histograms of OpenTelemetry's conventions for RPC. */
import type { Outcome } from '../api/outcome.js';
import { REQUEST_ENDINGS } from '../api/request-ending.js';
import type { RequestEnding } from '../api/request-ending.js';
import type { Meter } from '../engine/meters.js';
import type { OpenTelemetryMeter } from './instruments.js';
import {
  attributesOfEnding,
  attributesOfOutcome,
  CLIENT_DURATION,
  DURATION_OPTIONS,
  SERVER_DURATION,
} from './rpc-conventions.js';

const MS_PER_SECOND = 1_000;

export class CallDurations implements Meter {
  readonly #ofCalls: ReturnType<OpenTelemetryMeter['createHistogram']>;
  readonly #ofRequests: ReturnType<OpenTelemetryMeter['createHistogram']>;

  constructor(meter: OpenTelemetryMeter) {
    const make = ({ name, description }: { name: string; description: string }) =>
      meter.createHistogram(name, { ...DURATION_OPTIONS, description });
    this.#ofCalls = make(CLIENT_DURATION);
    this.#ofRequests = make(SERVER_DURATION);
  }

  callSettled(procedure: string, outcome: Outcome, durationMs: number): void {
    this.#ofCalls.record(durationMs / MS_PER_SECOND, attributesOfOutcome(procedure, outcome));
  }

  requestSettled(
    procedure: string | undefined,
    ending: RequestEnding,
    durationMs: number | undefined,
  ): void {
    const attributes = attributesOfEnding(procedure, ending);
    // What is refused takes no time. What was abandoned has no end.
    const takenMs = REQUEST_ENDINGS[ending].of === 'refusal' ? 0 : durationMs;
    if (attributes === undefined || takenMs === undefined) return;
    this.#ofRequests.record(takenMs / MS_PER_SECOND, attributes);
  }
}
