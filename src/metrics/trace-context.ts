/** Trace context: the text of a `traceparent` (W3C Trace Context, level 1), and what it says. */

/** Which span of which trace, with the members that OpenTelemetry has. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** The lowest bit says that the trace is recorded. */
  readonly traceFlags: number;
}

const VERSION = '00';
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** No version may be this one (section 3.2.2.1). */
const FORBIDDEN_VERSION = 'ff';

/** Reads what a peer sent; undefined if it is none. Later versions may have more at the end. */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === FORBIDDEN_VERSION) return undefined;
  if (version === VERSION && rest !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

export function writeTraceparent({ traceId, spanId, traceFlags }: TraceContext): string {
  return `${VERSION}-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
