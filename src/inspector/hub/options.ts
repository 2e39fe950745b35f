/** The options of an inspector. */
import { requireOptions, tested, unchecked, withDefaults } from '../../option-table.js';
import type { OptionRow, OptionTable } from '../../option-table.js';
import { RECORDER_OPTIONS } from '../recorder/options.js';
import { HISTORY_LIMITS } from './history.js';
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

/** Every option of an inspector; those of its recorders are passed on. */
const INSPECTOR_OPTIONS = {
  host: {
    standard: '127.0.0.1',
    problem: (value) =>
      value === '127.0.0.1' || value === '::1'
        ? undefined
        : `must be 127.0.0.1 or ::1, but is ${String(value)}`,
  },
  // What is no port is refused where it is bound.
  port: unchecked(0),
  token: tested(
    undefined,
    'must be 16 to 128 letters, digits, - and _',
    (value) => typeof value === 'string' && TOKEN.test(value),
  ),
  records: unchecked(undefined),
  maxRecords: wholeNumber(HISTORY_LIMITS.maxRecords),
  maxChars: wholeNumber(HISTORY_LIMITS.maxChars),
  onReport: unchecked(undefined),
  ...RECORDER_OPTIONS,
} satisfies OptionTable<InspectorOptions>;

/** @throws OptionError naming the option, and what it must be. */
export function sortOptions(options: InspectorOptions): SortedOptions {
  requireOptions<InspectorOptions>(INSPECTOR_OPTIONS, options, 'an inspector');
  const { host, port, token, maxRecords, maxChars } = withDefaults<
    InspectorOptions,
    typeof INSPECTOR_OPTIONS
  >(INSPECTOR_OPTIONS, options);
  const { name, mask, maxCallsPerSecond } = options;
  return {
    address: { host, port },
    token,
    recorder: {
      ...(name !== undefined && { name }),
      ...(mask !== undefined && { mask }),
      ...(maxCallsPerSecond !== undefined && { maxCallsPerSecond }),
    },
    limits: { maxRecords, maxChars },
  };
}

function wholeNumber(standard: number): OptionRow<number> {
  return {
    standard,
    problem: (value) =>
      Number.isSafeInteger(value) && (value as number) >= 1
        ? undefined
        : `must be a whole number from 1, but is ${String(value)}`,
  };
}
