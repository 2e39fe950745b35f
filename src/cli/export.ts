/** `rpcudp export`: makes a capture for Wireshark from a recording. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CaptureSummary } from '../inspector/capture/capture.js';
import { ArgumentError } from '../legible/argument-error.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { printable, printableName, quoted } from '../legible/printable.js';
import { writeWhole } from './whole-file.js';
import type { World } from './world.js';

export interface ExportOptions {
  /** Overwrite the capture if it exists. */
  readonly force?: boolean;
  /** Export only what the endpoint with this name sent and received. */
  readonly endpoint?: string;
}

const STDOUT = '-';
const PROGRESS_MS = 1_000;

/** The path of the dissector. It is a separate file in the package, beside the code. */
const DISSECTOR = new URL('../inspector/capture/wireshark/rpcudp.lua', import.meta.url);

/** Prints the path of the dissector, for Wireshark's `-X lua_script:`. */
export function dissector(world: World): ExitCode {
  world.stdout.print(fileURLToPath(DISSECTOR));
  return EXIT_CODE.success;
}

/**
 * Writes the datagrams of a recording to a pcapng file, and a summary to stderr.
 *
 * @throws RecordingError for the recording; ArgumentError when the capture exists already, or the
 * endpoint is not in the recording; Error from the system when the file cannot be written.
 */
export async function exportCapture(
  world: World,
  recordingPath: string,
  capturePath: string,
  { force = false, endpoint }: ExportOptions,
  version: string,
): Promise<ExitCode> {
  const { Capture } = await import('../inspector/capture/capture.js');
  const { RecordingReader } = await import('../inspector/recording/reader.js');
  const capture = new Capture(`rpcudp ${version}`, endpoint);
  const reader = new RecordingReader(resolve(world.cwd, recordingPath));
  let records = 0;
  let saidAtMs = Date.now();
  for await (const batch of reader.batches()) {
    for (const record of batch) capture.add(record);
    records += batch.length;
    if (Date.now() - saidAtMs < PROGRESS_MS) continue;
    saidAtMs = Date.now();
    world.stderr.print(`read ${counted(records, 'record')} so far`);
  }
  const summary = capture.summary();
  requireEndpoint(endpoint, summary);
  if (capturePath === STDOUT) for (const block of capture.blocks()) world.stdout.write(block);
  else await writeNew(resolve(world.cwd, capturePath), capture.blocks(), force, capturePath);

  for (const line of reportOn(summary, reader, capturePath)) world.stderr.print(line);
  return EXIT_CODE.success;
}

function requireEndpoint(wanted: string | undefined, { endpoints }: CaptureSummary): void {
  if (wanted === undefined || endpoints.includes(wanted)) return;
  const known = endpoints.map(printableName).join(', ');
  throw new ArgumentError(
    `the recording has no endpoint ${quoted(wanted)}; it has ${known === '' ? 'none' : known}`,
  );
}

async function writeNew(
  path: string,
  blocks: Iterable<Buffer>,
  force: boolean,
  shown: string,
): Promise<void> {
  try {
    await writeWhole(path, blocks, force);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new ArgumentError(`${printable(shown)} exists; --force overwrites it`);
  }
}

function* reportOn(
  { datagrams, endpoints, ports, maskedFrames, missingFrames, refused, leftOut }: CaptureSummary,
  { skippedLines, torn }: { readonly skippedLines: number; readonly torn: boolean },
  capturePath: string,
): Generator<string> {
  const left = `${counted(maskedFrames, 'frame')} masked, ${counted(missingFrames, 'frame')} left out`;
  yield `${counted(datagrams, 'datagram')} of ${counted(endpoints.length, 'endpoint')}; ${left}`;
  if (refused > 0)
    yield `${counted(refused, 'datagram')} left out: the system refused to send ${refused === 1 ? 'it' : 'them'}`;
  if (leftOut > 0)
    yield `${counted(leftOut, 'datagram')} left out: all masked, or impossible, or endpoint or address unknown`;
  if (skippedLines > 0)
    yield `${counted(skippedLines, 'line')} of the recording skipped: not readable as a record`;
  if (torn)
    yield 'the last line of the recording is incomplete: its writer stopped, or is still writing';
  if (capturePath === STDOUT || datagrams === 0) return;
  const script = `-X lua_script:"$(rpcudp dissector)" -o rpcudp.ports:${ports.join(',')}`;
  yield `open it with: wireshark ${script} ${printable(capturePath)}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
