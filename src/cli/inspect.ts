/** `rpcudp inspect`: serves an inspector for endpoints in other processes, or for a recording. */
import { resolve } from 'node:path';
import type { InspectionRecord, InspectorReport } from '../inspector/index.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { printable, printableName } from '../legible/printable.js';
import { untilStopped } from './until-stopped.js';
import type { World } from './world.js';

export interface InspectCommandOptions {
  readonly port: number;
  readonly token?: string;
}

const WHAT_HAPPENED: Readonly<Record<InspectorReport['type'], string>> = {
  'endpoint.opened': 'is inspected',
  'endpoint.returned': 'is back',
  'endpoint.closed': 'closed',
  'endpoint.lost': 'was lost: its process ended or detached from it',
};

/**
 * A recording may be as large as its writer allows. All of it is shown, as far as memory allows.
 */
const MAX_RECORDING_CHARS = 2 ** 32;
/** Extra room for the records that feeds send in the meantime. */
const LIVE_RECORDS = 100_000;

/**
 * Serves the inspector until Ctrl-C or SIGTERM, or until the reader of its output has left.
 *
 * @throws RecordingError for the file, InspectorBindError for the port, OptionError for the token.
 */
export async function inspect(
  world: World,
  file: string | undefined,
  { port, token }: InspectCommandOptions,
): Promise<ExitCode> {
  const { serveInspector } = await import('../inspector/index.js');
  const records = file === undefined ? undefined : await readRecords(world, file);
  await using inspector = await serveInspector([], {
    port,
    ...(token !== undefined && { token }),
    onReport: (report) => {
      world.stdout.log(`${who(report)} ${WHAT_HAPPENED[report.type]}`);
    },
    ...(records !== undefined && {
      records,
      maxRecords: records.length + LIVE_RECORDS,
      maxChars: MAX_RECORDING_CHARS,
    }),
  });
  const stopped = untilStopped(world);
  world.stdout.print(`inspector: ${inspector.url}`);
  await stopped;
  return EXIT_CODE.success;
}

async function readRecords(world: World, file: string): Promise<readonly InspectionRecord[]> {
  const { readRecording } = await import('../inspector/recording/reader.js');
  const { records, skippedLines, torn } = await readRecording(resolve(world.cwd, file));
  if (skippedLines > 0) {
    const lines =
      skippedLines === 1
        ? '1 line that is not a record; it is left out'
        : `${skippedLines} lines that are not records; they are left out`;
    world.stderr.print(`warning: ${printable(file)} has ${lines}`);
  }
  if (torn) world.stderr.print(`warning: the last line of ${printable(file)} is incomplete`);
  return records;
}

function who({ name, address, processId }: InspectorReport): string {
  const place = `${printable(address)}, process ${processId},`;
  return name === address ? place : `${printableName(name)} at ${place}`;
}
