/** Notify options: their checks. */
import type { NotifyOptions } from '../api/notify-options.js';
import { requireOptions, tested } from '../option-table.js';
import type { OptionTable } from '../option-table.js';

/** The options of a notification. */
export const NOTIFY_OPTIONS = {
  latest: tested(undefined, 'must be a text or a finite number, the key', isKey),
} satisfies OptionTable<NotifyOptions>;

function isKey(value: unknown): boolean {
  return typeof value === 'string' || Number.isFinite(value);
}

/** @throws OptionError that names the option and says what it must be. */
export function checkNotifyOptions(options: NotifyOptions | undefined): NotifyOptions {
  if (options === undefined) return NO_OPTIONS;
  requireOptions<NotifyOptions>(NOTIFY_OPTIONS, options, 'a notification');
  return options;
}

const NO_OPTIONS: NotifyOptions = Object.freeze({});
