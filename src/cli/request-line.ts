/** The line that `rpcudp serve` prints for a request. */
import type { EndpointReport } from '../api/endpoint-report.js';
import { REQUEST_ENDINGS } from '../api/request-ending.js';
import { messageOf, printableName } from '../legible/printable.js';

type RequestReport = Extract<EndpointReport, { type: 'request.settled' }>;

/**
 * Time of day, peer, procedure and ending; then the duration if the procedure ran, and the size if
 * there is a reply: `12:00:01.123 127.0.0.1:5678 sayhi replied 0.4 ms 48 bytes`.
 */
export function requestLine(report: RequestReport, at: Date): string {
  const { ending, peer, procedure } = report;
  const line = `${timeOfDay(at)} ${peer} ${printableName(procedure)} ${REQUEST_ENDINGS[ending].words}`;
  switch (ending) {
    case 'replied':
      return `${line} ${duration(report)} ${size(report)}`;
    case 'replayed':
      return `${line} ${size(report)}`;
    case 'failed':
    case 'timedOut':
      return `${line} ${duration(report)}: ${messageOf(report.error)}`;
    case 'cancelled':
      return `${line} ${duration(report)}`;
    case 'overloaded':
    case 'invalidArguments':
      return `${line}: ${messageOf(report.error)}`;
    default:
      return line;
  }
}

function timeOfDay(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function duration({ durationMs = 0 }: RequestReport): string {
  return `${durationMs.toFixed(1)} ms`;
}

function size({ replyBytes = 0 }: RequestReport): string {
  return `${replyBytes} bytes`;
}
