import { cpus, release, type } from 'node:os';

/** When and where it was measured. */
export function occasion(): string {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
}
