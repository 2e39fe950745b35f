/** Start demo: runs a demo as its script does, from the build. */
import process from 'node:process';
import type { Test } from 'tap';
import { StartedProcess } from '../fixtures/started-process.js';

/** @param path the demo's program, from the folder of demos */
export function startDemo(t: Test, path: string, ...words: readonly string[]): StartedProcess {
  const program = ['--import', 'tsx', `demos/${path}`, ...words];
  return new StartedProcess(t, process.execPath, program, process.cwd(), { detached: true });
}

export function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** The URL of the page that the demo says it can be watched at. */
export async function watchedAt(demo: StartedProcess): Promise<string> {
  const [, url = ''] = await demo.printed(/^Watch at (\S+)\n/m);
  return url;
}
