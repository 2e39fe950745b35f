/** The command line that makes a call once more. */
import { ExtData } from '@msgpack/msgpack';
import type { CallContext } from '../../api/call-snapshot.js';
import { formatJson } from '../../legible/json.js';

/** What `rpcudp` is to be given, word by word; undefined if no words say what the arguments are. */
export function commandLine({
  peer,
  procedure,
  args,
}: Pick<CallContext, 'peer' | 'procedure' | 'args'>): string[] | undefined {
  if (!args.every(isSayable)) return undefined;
  const words = [procedure, ...args.map(formatJson)];
  // A word that begins with a dash would be taken for an option.
  const end = words.some((word) => word.startsWith('-')) ? ['--'] : [];
  return ['call', peer, ...end, ...words];
}

/** Whether the command reads the value's JSON as the value itself. */
function isSayable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (value instanceof Date || value instanceof Map || value instanceof ExtData) return false;
  return Object.values(value).every(isSayable);
}
