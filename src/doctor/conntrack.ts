/** Conntrack: how full Linux's table of connections is. A full one refuses new ones. */
import type { ReadFile } from '../transport/system-file.js';
import type { ConntrackEvidence } from './evidence.js';

const FOLDER = '/proc/sys/net/netfilter';

/** Undefined where there is no such table, or it cannot be read. */
export function examineConntrack(readFile: ReadFile): ConntrackEvidence | undefined {
  const [count, max] = ['nf_conntrack_count', 'nf_conntrack_max'].map((name) =>
    numberIn(readFile, `${FOLDER}/${name}`),
  );
  return count === undefined || max === undefined ? undefined : { count, max };
}

function numberIn(readFile: ReadFile, path: string): number | undefined {
  try {
    const text = readFile(path).trim();
    return /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
