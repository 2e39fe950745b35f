/** The options of an inspector: their checks and their defaults. */
import type { AnyActorRef } from 'xstate';
import { requireOptions, tested, unchecked, withDefaults } from '../../option-table.js';
import type { OptionRow, OptionTable } from '../../option-table.js';
import { RECORDER_OPTIONS } from '../recorder/options.js';
import { HISTORY_LIMITS } from './history.js';
import type { HistoryLimits } from './history.js';
import type { InspectorReport } from './hub.js';
import type { InspectionRecord } from '../record.js';
import type { RecorderOptions } from '../recorder/options.js';

/** How endpoints are recorded, and what else is shown. */
export interface FeedOptions extends RecorderOptions {
  /**
   * Your own XState actors, to be shown beside the calls, with all others of their systems. `mask` is
   * for their events and contexts, too. Default: none.
   */
  readonly actors?: AnyActorRef | readonly AnyActorRef[] | undefined;
}

/**
 * How an inspector is served. `name`, `mask` and `maxCallsPerSecond` are for the endpoints that are
 * given to `serveInspector`.
 */
export interface InspectorOptions extends FeedOptions {
  /** The local address. Only loopback addresses are allowed. Default `127.0.0.1`. */
  readonly host?: '127.0.0.1' | '::1' | undefined;
  /** The TCP port. Default 0: any free port. */
  readonly port?: number | undefined;
  /**
   * The secret part of the URL: 16 to 128 letters, digits, `-` and `_`. If an inspector restarts
   * with the same port and token, its feeds find it again. Default: 128 random bits.
   */
  readonly token?: string | undefined;
  /** The records of a recording, to be shown. */
  readonly records?: Iterable<InspectionRecord> | undefined;
  /**
   * How many records a page gets when it opens, besides everything that lives: the latest of each
   * kind, so that a storm of failures takes the room of nothing else. Default 100,000.
   */
  readonly maxRecords?: number | undefined;
  /** The most characters of JSON that these records may take. Default 64 Mi. */
  readonly maxChars?: number | undefined;
  /** Called when endpoints come and go. It must not throw. */
  readonly onReport?: ((report: InspectorReport) => void) | undefined;
}

/** The options, sorted by the part that uses them. */
interface SortedOptions {
  readonly address: { readonly host: string; readonly port: number };
  readonly token: string | undefined;
  readonly recorder: RecorderOptions;
  readonly limits: HistoryLimits;
}

/** The form of a token. */
export const TOKEN = /^[\w-]{16,128}$/;

const FEED_OPTIONS = {
  ...RECORDER_OPTIONS,
  actors: tested(undefined, 'must be an XState actor, or an array of them', (actors) =>
    [actors].flat().every(isActor),
  ),
} satisfies OptionTable<FeedOptions>;

/** All options of an inspector. Those of its recorders are passed on. */
const INSPECTOR_OPTIONS = {
  host: {
    standard: '127.0.0.1',
    problem: (value) =>
      value === '127.0.0.1' || value === '::1'
        ? undefined
        : `must be 127.0.0.1 or ::1, but is ${String(value)}`,
  },
  // An invalid port is refused when it is bound.
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
  ...FEED_OPTIONS,
} satisfies OptionTable<InspectorOptions>;

/** @throws OptionError that names the option and says what it must be. */
export function sortOptions(options: InspectorOptions): SortedOptions {
  requireOptions<InspectorOptions>(INSPECTOR_OPTIONS, options, 'an inspector');
  const { host, port, token, maxRecords, maxChars } = withDefaults<
    InspectorOptions,
    typeof INSPECTOR_OPTIONS
  >(INSPECTOR_OPTIONS, options);
  return {
    address: { host, port },
    token,
    recorder: recorderOptions(options),
    limits: { maxRecords, maxChars },
  };
}

/** @throws OptionError that names the option and says what it must be. */
export function checkFeedOptions(options: FeedOptions): RecorderOptions {
  requireOptions<FeedOptions>(FEED_OPTIONS, options, 'a feed');
  return recorderOptions(options);
}

function recorderOptions({ name, mask, maxCallsPerSecond }: RecorderOptions): RecorderOptions {
  return {
    ...(name !== undefined && { name }),
    ...(mask !== undefined && { mask }),
    ...(maxCallsPerSecond !== undefined && { maxCallsPerSecond }),
  };
}

function isActor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('system' in value)) return false;
  const { system } = value as { readonly system?: { readonly inspect?: unknown } };
  return typeof system?.inspect === 'function';
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
