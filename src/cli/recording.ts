/** `--record`: what `serve` and `call` record of their endpoint. */
import { resolve } from 'node:path';
import type { AnyEndpoint } from '../api/endpoint.js';
import { messageOf, printable } from '../legible/printable.js';
import type { World } from './world.js';

export interface RecordOptions {
  /** The file. */
  readonly record?: string;
  /** How large the recording may grow, in MiB. */
  readonly recordMib?: number;
  /** Keys whose values are not recorded. */
  readonly mask?: readonly string[];
}

/** Closed after its endpoint, so that it has that as well. */
export interface CommandRecording extends AsyncDisposable {
  /** From now on the endpoint is recorded, if that was asked for. */
  attach(endpoint: AnyEndpoint): void;
}

const MEBIBYTE = 1024 * 1024;

/** @throws RecordingError, OptionError when a recording was asked for that cannot be made. */
export async function openRecording(
  world: World,
  { record, recordMib, mask }: RecordOptions,
): Promise<CommandRecording> {
  if (record === undefined) {
    return { attach: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  // Nothing of the inspector is loaded for those who do not ask for it.
  const { recordToFile } = await import('../inspector/recording/file.js');
  const { recordEndpoint } = await import('../inspector/recorder/recorder.js');
  const file = await recordToFile(resolve(world.cwd, record), {
    ...(recordMib !== undefined && { maxBytes: recordMib * MEBIBYTE }),
    onError: (error) => {
      world.stderr.print(`error: ${messageOf(error)}; nothing is recorded any more`);
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
        `warning: ${printable(record)} lacks ${count} records; the disk failed or was too slow`,
      );
    },
  };
}
