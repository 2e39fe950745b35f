/** The command line that makes a call once more. */
import { formatJson } from '../cli/json.js';

/** What `rpcudp` is to be given, word by word. */
export function commandLine(peer: string, procedure: string, args: readonly unknown[]): string[] {
  const words = [procedure, ...args.map(formatJson)];
  // A word that begins with a dash would be taken for an option.
  const end = words.some((word) => word.startsWith('-')) ? ['--'] : [];
  return ['call', peer, ...end, ...words];
}
