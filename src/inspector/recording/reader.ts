/** Reads recordings: what recording-file.ts writes, and what the inspector's page exports. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';
import { MAX_LINE_BYTES, predecessorOf, RecordingError } from './error.js';

/** A file with so many lines and no record among them is none of ours. */
const MAX_FOREIGN_LINES = 100;
const NEWLINE = 0x0a;

/** A recording, whole. */
export interface RecordingContents {
  /** As they were written; none twice. */
  readonly records: readonly InspectionRecord[];
  /** Lines that are no records. */
  readonly skippedLines: number;
  /** The last line is incomplete: whoever wrote it was stopped in the middle, or is writing still. */
  readonly torn: boolean;
}

/**
 * Reads a recording: the part at `path`, after its predecessor `path.1` if there is one. All of it is held in memory.
 *
 * @throws RecordingError when there is no such file, it cannot be read, its first 100 lines hold no record, or a line
 * has more than a mebibyte.
 */
export async function readRecording(path: string): Promise<RecordingContents> {
  const reader = new RecordingReader(path);
  const records: InspectionRecord[] = [];
  for await (const batch of reader.batches()) for (const record of batch) records.push(record);
  return { records, skippedLines: reader.skippedLines, torn: reader.torn };
}

/** Reads a recording piece by piece; see `readRecording`. */
export class RecordingReader {
  readonly #path: string;
  readonly #tally: Tally = { skippedLines: 0, torn: false };
  /** By endpoint, the numbers of the records that were read. Bounded by the recording. */
  readonly #seen = new Map<string, Set<number>>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines so far that are no records. */
  get skippedLines(): number {
    return this.#tally.skippedLines;
  }

  /** Once it is read: whether its last line is incomplete. */
  get torn(): boolean {
    return this.#tally.torn;
  }

  /** The records, some hundreds at a time. Can be read once. @throws RecordingError as `readRecording` does. */
  async *batches(): AsyncGenerator<InspectionRecord[]> {
    const predecessorPath = predecessorOf(this.#path);
    // The newer first: if it becomes the predecessor meanwhile, it is read twice, and the repetition is seen.
    const newest = await openIfThere(this.#path);
    const predecessor = await openIfThere(predecessorPath);
    try {
      if (newest === undefined && predecessor === undefined) {
        throw new RecordingError(`There is no recording ${this.#path}`);
      }
      if (predecessor !== undefined) yield* this.#newOf(predecessor, predecessorPath);
      if (newest !== undefined) yield* this.#newOf(newest, this.#path);
    } finally {
      await newest?.close();
      await predecessor?.close();
    }
  }

  async *#newOf(file: FileHandle, path: string): AsyncGenerator<InspectionRecord[]> {
    for await (const batch of recordsOf(file, path, this.#tally)) {
      yield batch.filter((record) => this.#isNew(record));
    }
  }

  #isNew({ endpoint, seq }: InspectionRecord): boolean {
    const seen = this.#seen.get(endpoint) ?? new Set();
    this.#seen.set(endpoint, seen);
    return seen.size !== seen.add(seq).size;
  }
}

/** Whether a file may be continued as a part of a recording: it is one, or empty, or not there. @throws RecordingError if not. */
export async function requireRecordingIfThere(path: string): Promise<void> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  try {
    const tally = { skippedLines: 0, torn: false };
    for await (const batch of recordsOf(file, path, tally)) if (batch.length > 0) return;
  } finally {
    await file.close();
  }
}

interface Tally {
  skippedLines: number;
  torn: boolean;
}

/** The records of one part. */
async function* recordsOf(
  file: FileHandle,
  path: string,
  tally: Tally,
): AsyncGenerator<InspectionRecord[]> {
  let lines = 0;
  let records = 0;
  for await (const { texts, torn } of linesOf(file, path)) {
    const batch: InspectionRecord[] = [];
    for (const text of texts) {
      lines += 1;
      const record = parseRecord(text);
      if (record !== undefined) batch.push(record);
      else if (torn) tally.torn = true;
      else tally.skippedLines += 1;
    }
    records += batch.length;
    if (records === 0 && lines >= MAX_FOREIGN_LINES) throw notARecording(path, lines);
    yield batch;
  }
  if (records === 0 && lines > 0) throw notARecording(path, lines);
}

function notARecording(path: string, lines: number): RecordingError {
  const which =
    lines === 1 ? 'its only line is no record' : `its first ${lines} lines hold no record`;
  return new RecordingError(`${path} is not a recording of rpcudp: ${which}`);
}

function parseRecord(text: string): InspectionRecord | undefined {
  try {
    return readRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): RecordingError {
  const why = error instanceof Error ? error.message : String(error);
  return new RecordingError(`The recording ${path} cannot be read: ${why}`, { cause: error });
}

/** Lines that are not blank, without their ends; `torn` ones have no end. */
interface Lines {
  readonly texts: readonly string[];
  readonly torn: boolean;
}

async function* linesOf(file: FileHandle, path: string): AsyncGenerator<Lines> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunksOf(file, path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const texts: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (end - start > MAX_LINE_BYTES) throw lineTooLong(path);
      if (end > start) texts.push(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > MAX_LINE_BYTES) throw lineTooLong(path);
    yield { texts, torn: false };
  }
  if (rest.length > 0) yield { texts: [rest.toString()], torn: true };
}

async function* chunksOf(file: FileHandle, path: string): AsyncGenerator<Buffer> {
  for (;;) {
    const { buffer, bytesRead } = await file
      .read({ buffer: Buffer.alloc(256 * 1024) })
      .catch((error: unknown) => {
        throw unreadable(path, error);
      });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

function lineTooLong(path: string): RecordingError {
  return new RecordingError(
    `${path} is not a recording of rpcudp: a line of it has more than ${MAX_LINE_BYTES} bytes`,
  );
}
