/** OpenTelemetry: spans and durations of an endpoint's calls and requests. */
import type { Tracer } from '@opentelemetry/api';
import type { Subscription } from 'xstate';
import type { AnyEndpoint } from '../api/endpoint.js';
import { measuresOf } from '../endpoint/measured-endpoint.js';
import type { Measures } from '../endpoint/measured-endpoint.js';
import { OptionError } from '../errors.js';
import { requireOptions, tested } from '../option-table.js';
import type { OptionTable } from '../option-table.js';
import { CallDurations } from './call-durations.js';
import type { OpenTelemetryMeter, OpenTelemetryTracer } from './instruments.js';
import { MissingPackageError } from './missing-package-error.js';
import { Spans } from './spans.js';

/** One of them at least. */
export interface OpenTelemetryOptions {
  /** Gets `rpc.client.call.duration` and `rpc.server.call.duration`, in seconds. */
  readonly meter?: OpenTelemetryMeter | undefined;
  /** Makes a span of each call, and of each request whose procedure runs. */
  readonly tracer?: OpenTelemetryTracer | undefined;
}

const OPTIONS = {
  meter: tested(undefined, 'must be a meter of @opentelemetry/api', has('createHistogram')),
  tracer: tested(undefined, 'must be a tracer of @opentelemetry/api', has('startSpan')),
} satisfies OptionTable<OpenTelemetryOptions>;

/**
 * Lets OpenTelemetry follow an endpoint, and no other, until `unsubscribe`. Names are those of its
 * semantic conventions for RPC, version 1.45.0.
 *
 * A call has a client span, whose `traceparent` is sent with it, unless the caller gave one. A
 * request has a server span, which is a child of what the caller sent; the procedure runs within it,
 * so that its calls are children in turn. For that a context manager must be registered, as SDKs do.
 * A peer that is no rpcudp endpoint ignores the `traceparent`.
 *
 * Rejects with a MissingPackageError for a tracer without `@opentelemetry/api`; an OptionError for
 * an option that is unknown or wrong, without either of them, and for a value that is no endpoint.
 */
export async function openTelemetry(
  endpoint: AnyEndpoint,
  options: OpenTelemetryOptions,
): Promise<Subscription> {
  requireOptions<OpenTelemetryOptions>(OPTIONS, options, 'openTelemetry');
  const { meter, tracer } = options;
  if (meter === undefined && tracer === undefined) {
    throw new OptionError('options', 'must have a meter, a tracer, or both');
  }
  const measures = measuresOf(endpoint);
  const following = tracer && (await follow(measures, tracer));
  const measuring = meter && measures.meters.attach(new CallDurations(meter));
  return {
    unsubscribe: () => {
      following?.unsubscribe();
      measuring?.unsubscribe();
    },
  };
}

async function follow({ tracers }: Measures, tracer: OpenTelemetryTracer): Promise<Subscription> {
  // Loaded for those alone who follow: it may be missing where nobody does.
  const api = await import('@opentelemetry/api').catch((error: unknown) => {
    throw new MissingPackageError('openTelemetry', '@opentelemetry/api', error);
  });
  return tracers.attach(new Spans(api, tracer as Tracer));
}

function has(method: string): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Readonly<Record<string, unknown>>)[method] === 'function';
}
