/** `--record`: records the endpoint of `serve` or `call` into a file. */
import { resolve } from 'node:path';
import type { AnyEndpoint } from '../api/endpoint.js';
import { messageOf, printable } from '../legible/printable.js';
import type { World } from './world.js';

export interface RecordOptions {
  /** The path of the file. */
  readonly record?: string;
  /** The most that the recording may take, in MiB. */
  readonly recordMib?: number;
  /** Keys whose values are not recorded. */
  readonly mask?: readonly string[];
}

/** Disposed after the endpoint has closed, so that the recording has the closing too. */
export interface CommandRecording extends AsyncDisposable {
  /** Records the endpoint from now on, if the user asked for it. */
  attach(endpoint: AnyEndpoint): void;
}

const MEBIBYTE = 1024 * 1024;

/** @throws RecordingError, OptionError when the user asked for a recording that cannot be made. */
export async function openRecording(
  world: World,
  { record, recordMib, mask }: RecordOptions,
): Promise<CommandRecording> {
  if (record === undefined) {
    return { attach: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  // Loaded only on demand, so that other commands start without the inspector's code.
  const { recordToFile } = await import('../inspector/recording/file.js');
  const { recordEndpoint } = await import('../inspector/recorder/recorder.js');
  const file = await recordToFile(resolve(world.cwd, record), {
    ...(recordMib !== undefined && { maxBytes: recordMib * MEBIBYTE }),
    onError: (error) => {
      world.stderr.print(`error: ${messageOf(error)}; the recording has ended`);
    },
  });
  return {
    attach(endpoint) {
      recordEndpoint(endpoint, file.record, mask === undefined ? {} : { mask });
    },
    async [Symbol.asyncDispose]() {
      await file.close();
      if (file.dropped === 0) return;
      const count = file.dropped.toLocaleString('en');
      world.stderr.print(
        `warning: ${printable(record)} lacks ${count} records; the disk failed, or was too slow`,
      );
    },
  };
}
