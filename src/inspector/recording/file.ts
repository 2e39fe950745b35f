/**
 * Recordings on disk: JSON lines in a ring, one record a line.
 *
 * The ring has two parts: `path`, and its predecessor `path.1`. When the newer part is full, at
 * half of the limit, it replaces the predecessor and a new part begins. So between half and all of
 * the limit is kept. The head of each part repeats what is needed to understand it: the endpoints,
 * their latest counts and peers, and the calls and handlers that live. A reader of both parts
 * recognises repetitions by their numbers.
 *
 * If the file exists and is a recording, it is continued, so that what happened before a crash is
 * kept.
 */
import * as nodeDisk from 'node:fs/promises';
import { OptionError } from '../../errors.js';
import { systemClock } from '../../time/clock.js';
import { History } from '../hub/history.js';
import type { InspectionRecord, RecordSink } from '../record.js';
import { MAX_LINE_BYTES, predecessorOf, RecordingError } from './error.js';
import { openPrivate, requireFileIfThere } from './private-file.js';
import type { OwnedFile } from './private-file.js';
import { requireRecordingIfThere } from './reader.js';

/** How a recording is kept. */
export interface RecordingFileOptions {
  /** The most bytes of both parts together: from 8 Mi to 4 Gi. Default 64 Mi. */
  readonly maxBytes?: number;
  /**
   * Called with the first error of the disk, which ends the recording. Default: the error is
   * ignored.
   */
  readonly onError?: (error: RecordingError) => void;
}

/** A recording that is being written. */
export interface RecordingFile {
  /**
   * Takes a record. Never throws and never waits: records that the disk is too slow for are dropped
   * and counted.
   */
  readonly record: RecordSink;
  /**
   * How many records were dropped: because the disk was slow or failed, or because they are larger
   * than a mebibyte.
   */
  readonly dropped: number;
  /** Writes all waiting records and ends the recording. Idempotent; does not reject. */
  close(): Promise<void>;
}

/** @internal What a recording needs of a disk; `node:fs/promises` provides it. */
export interface Disk {
  open(path: string, flags: number, mode: number): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
}

interface DiskFile extends OwnedFile {
  appendFile(text: string): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const MAX_BYTES = { default: 64 * MEBIBYTE, least: 8 * MEBIBYTE, most: 4_096 * MEBIBYTE };
/** The most bytes that may wait for the disk: seconds of a busy endpoint. */
const MAX_QUEUED_BYTES = 8 * MEBIBYTE;
/** The most bytes of a head, which repeats what lives; but at most half of a part. */
const MAX_HEAD_BYTES = 16 * MEBIBYTE;
/** A write waits for this many bytes, or this long. A killed process loses no more than that. */
const BATCH_BYTES = 256 * 1024;
const BATCH_MS = 50;

/**
 * Opens a recording or continues one. Only one process at a time may write to it. Its owner alone
 * can read it (mode 0600), because it has arguments and values.
 *
 * @throws RecordingError when it cannot be opened; when `path` or `path.1` exists and is not a
 * recording, which is then not overwritten; when `path` or `path.1` is a symbolic link; when the
 * file belongs to another user. OptionError for `maxBytes` out of bounds.
 */
export async function recordToFile(
  path: string,
  options: RecordingFileOptions = {},
): Promise<RecordingFile> {
  return await openRecording(nodeDisk, path, options);
}

/** @internal The same, on a disk that a test provides. */
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
  for (const part of [path, predecessorOf(path)]) {
    await requireFileIfThere(part).catch((error: unknown) => {
      throw unwritable(part, error);
    });
    await requireRecordingIfThere(part);
  }
  try {
    const file = await openOn(disk, path);
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
  /** What lives; the head of each part repeats it. */
  readonly #history: History;
  /** Undefined after the end, and while one part is closed and the next not yet open. */
  #file: DiskFile | undefined;
  /** Lines in order. Undefined marks the beginning of a part. Bounded by `MAX_QUEUED_BYTES`. */
  #queue: (string | undefined)[] = [];
  #queuedBytes = 0;
  /** The size of the newest part, queued lines included. */
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
    // The previous writer may have stopped in the middle of a line.
    if (size > 0) this.#enqueue('\n', 1);
  }

  get dropped(): number {
    return this.#dropped;
  }

  readonly record = (record: InspectionRecord): void => {
    const isBusy = this.#ended || this.#queuedBytes > MAX_QUEUED_BYTES;
    const line = isBusy ? undefined : this.#remember(record);
    const bytes = line === undefined ? 0 : Buffer.byteLength(line);
    if (line === undefined || bytes > MAX_LINE_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#bytesInPart + bytes > this.#partBytes) this.#beginPart(line);
    this.#enqueue(line, bytes);
  };

  /**
   * Returns the line of the record. Undefined for a record that no reader could understand: its
   * endpoint is not known, or it is not valid JSON. Recorders make no such records.
   */
  #remember(record: InspectionRecord): string | undefined {
    try {
      const text = this.#history.add(record);
      return text === undefined ? undefined : `${text}\n`;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#writing;
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** Begins a part with this line. Its head repeats what is remembered from before. */
  #beginPart(first: string): void {
    this.#queue.push(undefined);
    this.#bytesInPart = 0;
    for (const { text } of this.#history.needed()) {
      const line = `${text}\n`;
      if (line === first) continue;
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
        // Waits for more lines, so that one write takes them all.
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
    await this.#file?.appendFile(text);
    this.#queue.splice(0, lines.length);
    this.#queuedBytes -= Buffer.byteLength(text);
  }

  async #turn(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    await this.#disk.rename(this.#path, predecessorOf(this.#path));
    this.#file = await openOn(this.#disk, this.#path);
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.setTimeout(resolve, ms);
  });
}

function openOn(disk: Disk, path: string): Promise<DiskFile> {
  return openPrivate((...how) => disk.open(...how), path);
}

function unwritable(path: string, error: unknown): RecordingError {
  const why = error instanceof Error ? error.message : String(error);
  return new RecordingError(`The recording ${path} cannot be written: ${why}`, { cause: error });
}
