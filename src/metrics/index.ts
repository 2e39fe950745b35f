/// <reference types="node" preserve="true" />
/**
 * rpcudp/metrics: what an endpoint does, for Prometheus and OpenTelemetry. These are its public
 * names.
 */
export { prometheus } from './prometheus.js';
export type { PrometheusOptions } from './prometheus.js';
export { openTelemetry } from './open-telemetry.js';
export type { OpenTelemetryOptions } from './open-telemetry.js';
export type { OpenTelemetryMeter, OpenTelemetryTracer, PrometheusRegistry } from './instruments.js';
export { MissingPackageError } from './missing-package-error.js';
