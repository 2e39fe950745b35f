/**
 * Instruments: what users of OpenTelemetry and of prom-client hand over, as far as it is used. With
 * types of their packages, who has one of them would need both.
 */

/** A meter of `@opentelemetry/api`. */
export interface OpenTelemetryMeter {
  createHistogram(
    name: string,
    options?: object,
  ): { record(value: number, attributes?: object): void };
}

/** A tracer of `@opentelemetry/api`. */
export interface OpenTelemetryTracer {
  startSpan(name: string, options?: object, context?: never): object;
}

/** A registry of prom-client. */
export interface PrometheusRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}
