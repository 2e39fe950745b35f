import { cpus, release, type } from 'node:os';

/** The date and the machine of a measurement. */
export function occasion(): string {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
}
