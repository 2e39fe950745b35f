/**
 * Recordings on disk: a ring of JSON lines, a record each.
 *
 * The ring has two parts, `path` and its predecessor `path.1`. When the newer one is full, at half of the bound, it takes the
 * predecessor's place and another begins; so between half and all of the bound is kept. The head of each part repeats what is
 * needed to understand it: who the endpoints are, their latest counts and peers, and what lives. Whoever has the predecessor
 * as well knows repetitions by their numbers.
 *
 * A file that is there already is continued, if it is a recording: what happened before a crash is what one wants to see.
 */
import * as nodeDisk from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { OptionError } from '../../errors.js';
import { History } from '../hub/history.js';
import type { InspectionRecord, RecordSink } from '../record.js';
import { MAX_LINE_BYTES, predecessorOf, RecordingError } from './error.js';
import { requireRecordingIfThere } from './reader.js';

/** How a recording is kept. */
export interface RecordingFileOptions {
  /** The most that both parts take together, in bytes: from 8 Mi to 4 Gi. Default 64 Mi. */
  readonly maxBytes?: number;
  /** Hears of the disk's first error, with which the recording ends. Default: nobody does. */
  readonly onError?: (error: RecordingError) => void;
}

/** A recording that is being written. */
export interface RecordingFile {
  /** Takes a record. Never throws and never waits: what the disk is too slow for is dropped, and counted. */
  readonly record: RecordSink;
  /** How many records were dropped: at a slow disk, after an error of the disk, or larger than a mebibyte. */
  readonly dropped: number;
  /** Writes what is not yet written and ends the recording. Idempotent; does not reject. */
  close(): Promise<void>;
}

/** @internal What is needed of a disk: `node:fs/promises` has it. */
export interface Disk {
  open(path: string, flags: string, mode: number): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
}

interface DiskFile {
  stat(): Promise<{ readonly size: number }>;
  appendFile(text: string): Promise<void>;
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const MAX_BYTES = { default: 64 * MEBIBYTE, least: 8 * MEBIBYTE, most: 4_096 * MEBIBYTE };
/** What may wait for the disk: seconds of a busy endpoint. */
const MAX_QUEUED_BYTES = 8 * MEBIBYTE;
/** What lives is repeated at the head of each part; with this, or the half of a part, the head ends. */
const MAX_HEAD_BYTES = 16 * MEBIBYTE;
/** A write has this much, or what came in this time: a killed process loses no more. */
const BATCH_BYTES = 256 * 1024;
const BATCH_MS = 50;
/** Arguments and values are in it, so it is for its owner alone. */
const FILE_MODE = 0o600;

/**
 * Opens a recording, or continues one. One process at a time writes to it.
 *
 * @throws RecordingError when it cannot be opened, or when `path` or `path.1` is there and not a recording, which is not
 * overwritten; OptionError for `maxBytes` out of bounds.
 */
export async function recordToFile(
  path: string,
  options: RecordingFileOptions = {},
): Promise<RecordingFile> {
  return await openRecording(nodeDisk, path, options);
}

/** @internal The same on a disk of the test's own. */
export async function openRecording(
  disk: Disk,
  path: string,
  { maxBytes = MAX_BYTES.default, onError }: RecordingFileOptions,
): Promise<RecordingFile> {
  const { least, most } = MAX_BYTES;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < least || maxBytes > most) {
    const bounds = `must be a whole number from ${least} to ${most}`;
    throw new OptionError('maxBytes', `${bounds}, but is ${maxBytes}`);
  }
  for (const part of [path, predecessorOf(path)]) await requireRecordingIfThere(part);
  try {
    const file = await disk.open(path, 'a', FILE_MODE);
    const { size } = await file.stat();
    return new RingWriter(disk, path, file, size, maxBytes / 2, onError ?? (() => undefined));
  } catch (error) {
    throw unwritable(path, error);
  }
}

class RingWriter implements RecordingFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #partBytes: number;
  readonly #onError: (error: RecordingError) => void;
  readonly #headBytes: number;
  /** What lives, for the heads of parts. */
  readonly #history: History;
  #file: DiskFile;
  /** Lines in order; undefined stands for the beginning of a part. Bounded by `MAX_QUEUED_BYTES`. */
  #queue: (string | undefined)[] = [];
  #queuedBytes = 0;
  /** Of the newest part, with what is queued for it. */
  #bytesInPart: number;
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #ended = false;
  #failed = false;

  constructor(
    disk: Disk,
    path: string,
    file: DiskFile,
    size: number,
    partBytes: number,
    onError: (error: RecordingError) => void,
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#partBytes = partBytes;
    this.#onError = onError;
    this.#file = file;
    this.#headBytes = Math.min(partBytes, 2 * MAX_HEAD_BYTES) / 2;
    this.#history = new History({ maxRecords: 1, maxChars: this.#headBytes / 2 });
    this.#bytesInPart = size;
    // Whoever wrote before may have been stopped in the middle of a line.
    if (size > 0) this.#enqueue('\n', 1);
  }

  get dropped(): number {
    return this.#dropped;
  }

  readonly record = (record: InspectionRecord): void => {
    if (this.#ended || this.#queuedBytes > MAX_QUEUED_BYTES || !this.#remember(record)) {
      this.#dropped += 1;
      return;
    }
    const [latest] = this.#history.since(this.#history.position - 1);
    const line = `${latest?.text ?? ''}\n`;
    const bytes = Buffer.byteLength(line);
    if (bytes > MAX_LINE_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#bytesInPart + bytes > this.#partBytes) this.#beginPart();
    this.#enqueue(line, bytes);
  };

  /** False for a record that nobody could understand: of an endpoint that is not known, or no JSON. Recorders make none. */
  #remember(record: InspectionRecord): boolean {
    try {
      return this.#history.add(record);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#writing;
    const file = this.#file;
    this.#file = CLOSED_FILE;
    await file.close().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** A part begins, and with it what is remembered of those before. */
  #beginPart(): void {
    this.#queue.push(undefined);
    this.#bytesInPart = 0;
    for (const { text } of this.#history.beforeTail()) {
      const line = `${text}\n`;
      const bytes = Buffer.byteLength(line);
      if (this.#bytesInPart + bytes > this.#headBytes) return;
      this.#enqueue(line, bytes);
    }
  }

  #enqueue(line: string, bytes: number): void {
    this.#queue.push(line);
    this.#queuedBytes += bytes;
    this.#bytesInPart += bytes;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        // In the meantime more comes together.
        if (!this.#ended && this.#queuedBytes < BATCH_BYTES) await pause(BATCH_MS);
        await this.#writeBatch();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#writing = undefined;
  }

  async #writeBatch(): Promise<void> {
    const partEnd = this.#queue.indexOf(undefined);
    if (partEnd === 0) {
      await this.#turn();
      this.#queue.shift();
      return;
    }
    const lines = this.#queue.slice(0, partEnd < 0 ? this.#queue.length : partEnd);
    const text = lines.join('');
    await this.#file.appendFile(text);
    this.#queue.splice(0, lines.length);
    this.#queuedBytes -= Buffer.byteLength(text);
  }

  async #turn(): Promise<void> {
    await this.#file.close();
    this.#file = CLOSED_FILE;
    await this.#disk.rename(this.#path, predecessorOf(this.#path));
    this.#file = await this.#disk.open(this.#path, 'a', FILE_MODE);
  }

  #fail(error: unknown): void {
    this.#ended = true;
    this.#dropped += this.#queue.filter((line) => line !== undefined).length;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#failed) return;
    this.#failed = true;
    this.#onError(unwritable(this.#path, error));
  }
}

const CLOSED_FILE: DiskFile = {
  stat: () => Promise.resolve({ size: 0 }),
  appendFile: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function unwritable(path: string, error: unknown): RecordingError {
  const why = error instanceof Error ? error.message : String(error);
  return new RecordingError(`The recording ${path} cannot be written: ${why}`, { cause: error });
}
