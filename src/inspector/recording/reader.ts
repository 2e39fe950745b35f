/** Reads recordings: those that file.ts writes, and those that the inspector's page exports. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';
import { MAX_LINE_BYTES, predecessorOf, RecordingError } from './error.js';

/** A file without a record in this many lines is not a recording. */
const MAX_FOREIGN_LINES = 100;
const NEWLINE = 0x0a;

/** A whole recording. */
export interface RecordingContents {
  /** In the order in which they were written, without repetitions. */
  readonly records: readonly InspectionRecord[];
  /** How many lines are not records. */
  readonly skippedLines: number;
  /** Whether the last line is incomplete: its writer stopped in the middle, or is still writing. */
  readonly torn: boolean;
}

/**
 * Reads a recording: first its predecessor `path.1`, if that exists, then the part at `path`. All
 * of it is held in memory.
 *
 * @throws RecordingError when the file does not exist or cannot be read, its first 100 lines hold
 * no record, or a line has more than a mebibyte.
 */
export async function readRecording(path: string): Promise<RecordingContents> {
  const reader = new RecordingReader(path);
  const records: InspectionRecord[] = [];
  for await (const batch of reader.batches()) for (const record of batch) records.push(record);
  return { records, skippedLines: reader.skippedLines, torn: reader.torn };
}

/** Reads a recording in batches; see `readRecording`. */
export class RecordingReader {
  readonly #path: string;
  readonly #tally: Tally = { skippedLines: 0, torn: false };
  /** The numbers of the records that were read, by endpoint. Bounded by the recording. */
  readonly #seen = new Map<string, Set<number>>();

  constructor(path: string) {
    this.#path = path;
  }

  /** How many lines so far are not records. */
  get skippedLines(): number {
    return this.#tally.skippedLines;
  }

  /** Whether the last line is incomplete. Known once everything has been read. */
  get torn(): boolean {
    return this.#tally.torn;
  }

  /**
   * The records, in batches of some hundreds. Can be read once. @throws RecordingError as
   * `readRecording` does.
   */
  async *batches(): AsyncGenerator<InspectionRecord[]> {
    const predecessorPath = predecessorOf(this.#path);
    // Opens the newer part first. If it becomes the predecessor in the meantime, it is read twice,
    // and the repetitions are recognised.
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

/**
 * Checks that a file can be continued as a part of a recording: it is one, or it is empty, or it
 * does not exist. @throws RecordingError if not.
 */
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
    lines === 1 ? 'its only line is not a record' : `its first ${lines} lines hold no record`;
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

/** Lines that are not blank, without line ends. A torn line had no line end. */
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
    `${path} is not a recording of rpcudp: one of its lines has more than ${MAX_LINE_BYTES} bytes`,
  );
}
