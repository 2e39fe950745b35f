/** The command line that repeats a call. */
import { ExtData } from '@msgpack/msgpack';
import type { CallContext } from '../../api/call-snapshot.js';
import { formatArgument } from '../../legible/json.js';
import { toPrefixedText } from '../../legible/prefixed-text.js';
import type { CallHeaders } from '../../wire/headers.js';

/** The words to give to `rpcudp`; undefined if the command cannot express the arguments. */
export function commandLine({
  peer,
  procedure,
  args,
  headers = {},
  timeoutMs,
  maxAttempts,
}: Said): string[] | undefined {
  if (!args.every(isSayable)) return undefined;
  const words = [procedure, ...args.map(formatArgument)];
  // The command would read a word that begins with a dash as an option.
  const end = words.some((word) => word.startsWith('-')) ? ['--'] : [];
  const attempts = maxAttempts === undefined ? [] : ['--attempts', String(maxAttempts)];
  const options = ['--timeout', String(timeoutMs), ...attempts, ...headerWords(headers)];
  return ['call', peer, ...options, ...end, ...words];
}

/** What the command says of a call. */
type Said = Pick<
  CallContext,
  'peer' | 'procedure' | 'args' | 'headers' | 'timeoutMs' | 'maxAttempts'
>;

function headerWords(headers: CallHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : ['--header', `${name}=${toPrefixedText(value)}`],
  );
}

/** Whether the command reads the JSON of this value as the same value. */
function isSayable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (value instanceof Map || value instanceof ExtData) return false;
  return Object.values(value).every(isSayable);
}
