/** Lost readings: those that were answered, and are not in the journal. There must be none. */
import { readFile } from 'node:fs/promises';
import type { Device } from './device.js';

/** Each as `device number`. */
export async function lostReadings(path: string, devices: readonly Device[]): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const kept = new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))));
  return devices.flatMap(({ name, answered }) =>
    answered.map((number) => `${name} ${number}`).filter((reading) => !kept.has(reading)),
  );
}
