/** The options of an inspector. */
import { OptionError } from '../../errors.js';
import { refuseUnknownOptions } from '../../engine/limits.js';
import type { HistoryLimits } from './history.js';
import type { InspectorReport } from './hub.js';
import type { InspectionRecord } from '../record.js';
import type { RecorderOptions } from '../recorder/options.js';

/** How an inspector is served. `name`, `mask` and `maxCallsPerSecond` are for the endpoints that it begins with. */
export interface InspectorOptions extends RecorderOptions {
  /** The local address; none but this machine's own can be had. Default `127.0.0.1`. */
  readonly host?: '127.0.0.1' | '::1';
  /** TCP port; 0, the default, for any free one. */
  readonly port?: number;
  /**
   * What makes the URL hard to guess: 16 to 128 letters, digits, `-` and `_`. Feeds find an inspector again that was restarted
   * with the same port and token. Default: 128 random bits.
   */
  readonly token?: string;
  /** What a recording holds, to be shown. */
  readonly records?: Iterable<InspectionRecord>;
  /** How many of the last records a page that comes late is shown, besides all that lives. Default 100,000. */
  readonly maxRecords?: number;
  /** How many characters of JSON these may take. Default 64 Mi. */
  readonly maxChars?: number;
  /** Is told when endpoints come and go; must not throw. */
  readonly onReport?: (report: InspectorReport) => void;
}

/** The options, for those whom they concern. */
interface SortedOptions {
  readonly address: { readonly host: string; readonly port: number };
  readonly token: string | undefined;
  readonly recorder: RecorderOptions;
  readonly limits: HistoryLimits;
}

/** What a token looks like. */
export const TOKEN = /^[\w-]{16,128}$/;

const NAMES: readonly string[] = [
  'host',
  'port',
  'token',
  'records',
  'maxRecords',
  'maxChars',
  'onReport',
  'name',
  'mask',
  'maxCallsPerSecond',
] satisfies (keyof InspectorOptions)[];

/** @throws OptionError naming the option, and what it must be. */
export function sortOptions(options: InspectorOptions): SortedOptions {
  refuseUnknownOptions(options, NAMES, 'an inspector');
  const { host = '127.0.0.1', port = 0, token, maxRecords, maxChars } = options;
  const { name, mask, maxCallsPerSecond } = options;
  if (!['127.0.0.1', '::1'].includes(host)) {
    throw new OptionError('host', `must be 127.0.0.1 or ::1, but is ${host as string}`);
  }
  if (token !== undefined && !TOKEN.test(token)) {
    throw new OptionError('token', 'must be 16 to 128 letters, digits, - and _');
  }
  return {
    address: { host, port },
    token,
    recorder: {
      ...(name !== undefined && { name }),
      ...(mask !== undefined && { mask }),
      ...(maxCallsPerSecond !== undefined && { maxCallsPerSecond }),
    },
    limits: {
      ...(maxRecords !== undefined && { maxRecords: checkBound('maxRecords', maxRecords) }),
      ...(maxChars !== undefined && { maxChars: checkBound('maxChars', maxChars) }),
    },
  };
}

function checkBound(option: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw new OptionError(option, `must be a whole number from 1, but is ${String(value)}`);
}
