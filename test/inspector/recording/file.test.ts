import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import * as nodeDisk from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { openRecording, recordToFile } from '../../../src/inspector/recording/file.js';
import type { Disk, RecordingFile } from '../../../src/inspector/recording/file.js';
import type { OwnedFile } from '../../../src/inspector/recording/private-file.js';
import { readRecording } from '../../../src/inspector/recording/reader.js';
import {
  callRecord,
  closedRecord,
  countsRecord,
  datagramRecord,
  endpointRecord,
  finalStep,
  peerRecord,
  sampleTraffic,
  stepRecord,
} from '../../fixtures/inspection-records.js';

const MEBIBYTE = 1024 * 1024;
/** The smallest possible ring. */
const SMALL = { maxBytes: 8 * MEBIBYTE };
const PART_BYTES = 4 * MEBIBYTE;

t.test('what was recorded is read again, in order', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const records = sampleTraffic(1, 50);
  const file = await recordToFile(path);
  records.forEach(file.record);
  await file.close();
  await file.close();
  t.equal(file.dropped, 0);
  t.same(await readRecording(path), { records: plain(records), skippedLines: 0, torn: false });
  t.equal(statSync(path).mode & 0o777, 0o600, 'for its owner alone');
});

t.test('the ring keeps its limit, and the latest records', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const disk = new TestDisk();
  const file = await openRecording(disk, path, SMALL);
  const size = await fill(file, disk, 3 * PART_BYTES);
  await file.close();
  t.equal(file.dropped, 0);
  const parts = [path, `${path}.1`].map((part) => statSync(part).size);
  t.ok(parts[0]! <= PART_BYTES && parts[1]! <= PART_BYTES, parts.join(' and '));
  t.ok(parts[0]! + parts[1]! > PART_BYTES, parts.join(' and '));
  const { records, skippedLines, torn } = await readRecording(path);
  t.same({ skippedLines, torn }, { skippedLines: 0, torn: false });
  const numbers = records.map(({ seq }) => seq);
  t.same(
    numbers.slice(1),
    numbers.slice(1).map((_, index) => numbers[1]! + index),
    'no gap',
  );
  t.equal(numbers.at(-1), size, 'to the end');
});

t.test('each part begins with what is needed to understand it', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const disk = new TestDisk();
  const file = await openRecording(disk, path, SMALL);
  file.record(endpointRecord({ seq: 1 }));
  file.record(callRecord({ seq: 2, actor: 1 }));
  file.record(stepRecord({ seq: 3, actor: 1 }));
  file.record(callRecord({ seq: 4, actor: 2 }));
  file.record(finalStep({ seq: 5, actor: 2 }));
  file.record(peerRecord({ seq: 6, inFlight: 1 }));
  file.record(peerRecord({ seq: 7, inFlight: 2 }));
  file.record(countsRecord({ seq: 8, oneIn: 1 }));
  file.record(countsRecord({ seq: 9, oneIn: 2 }));
  file.record(endpointRecord({ endpoint: 'gone', seq: 1 }));
  file.record(closedRecord({ endpoint: 'gone', seq: 2 }));
  await fill(file, disk, 3 * PART_BYTES, 10);
  await file.close();
  for (const part of [path, `${path}.1`]) {
    const lines = readFileSync(part, 'utf8').split('\n').slice(0, 6);
    const head = lines.map((line) => (JSON.parse(line) as InspectionRecord).seq);
    // The living call, but not the ended one, and the latest records of the peer and of the counts.
    t.same(head.slice(0, 5), [1, 2, 3, 7, 9], part);
    t.ok(head[5]! > 9);
  }
  const { records } = await readRecording(path);
  const told = records.filter(({ endpoint, seq }) => endpoint === 'client' && seq < 10);
  t.same(
    told.map(({ seq }) => seq),
    [1, 2, 3, 7, 9],
    'though both parts have it, it is read once',
  );
});

t.test('an existing recording is continued', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  for (const endpoint of ['first', 'second']) {
    const file = await recordToFile(path);
    file.record(endpointRecord({ endpoint, seq: 1 }));
    await file.close();
    // As if its writer had been killed in the middle of a line.
    appendFileSync(path, '{"type":"cal');
  }
  const { records, skippedLines, torn } = await readRecording(path);
  t.same(
    records.map(({ endpoint }) => endpoint),
    ['first', 'second'],
  );
  t.equal(skippedLines, 1);
  t.equal(torn, true);
});

t.test('a file that is not a recording is not overwritten', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'buy milk\n', 'a.jsonl.1': 'precious' });
  for (const [name, named] of [
    ['notes.txt', 'notes.txt'],
    ['a.jsonl', 'a.jsonl.1'],
  ] as const) {
    await t.rejects(recordToFile(join(folder, name)), {
      name: 'RecordingError',
      message: `${join(folder, named)} is not a recording of rpcudp: its only line is not a record`,
    });
  }
  t.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'buy milk\n');
  t.notOk(existsSync(join(folder, 'a.jsonl')));
  writeFileSync(join(folder, 'empty'), '');
  await (await recordToFile(join(folder, 'empty'))).close();
});

t.test('a recording that others could read is made private', async (t) => {
  const path = join(t.testdir({ 'a.jsonl': '' }), 'a.jsonl');
  chmodSync(path, 0o644);
  await (await recordToFile(path)).close();
  t.equal(statSync(path).mode & 0o777, 0o600);
});

t.test('each new part of the ring is private, whatever the process allows', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const disk = new TestDisk();
  const umask = process.umask(0);
  t.teardown(() => process.umask(umask));
  const file = await openRecording(disk, path, SMALL);
  await fill(file, disk, 2 * PART_BYTES);
  await file.close();
  for (const part of [path, `${path}.1`]) t.equal(statSync(part).mode & 0o777, 0o600, part);
});

t.test('a file of another user, or one that stays readable, is refused', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const table = [
    [{ uid: (process.geteuid?.() ?? 0) + 1 }, /belongs to another user, who could read it$/],
    [{ mode: 0o100644 }, /others can read it, and it cannot be made private$/],
    [{ isFile: () => false }, /it is no regular file$/],
  ] as const;
  for (const [stat, message] of table) {
    const disk = new TestDisk(undefined, stat);
    await t.rejects(openRecording(disk, path, {}), { name: 'RecordingError', message });
  }
});

t.test('no symbolic link is followed, and no pipe is written to', async (t) => {
  const folder = t.testdir({ victim: '' });
  symlinkSync('victim', join(folder, 'link'));
  symlinkSync('nothing', join(folder, 'dangling'));
  symlinkSync('victim', join(folder, 'a.jsonl.1'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const table = [
    ['link', 'link', 'it is a symbolic link, and links are not followed'],
    ['dangling', 'dangling', 'it is a symbolic link, and links are not followed'],
    ['a.jsonl', 'a.jsonl.1', 'it is a symbolic link, and links are not followed'],
    ['pipe', 'pipe', 'it is no regular file'],
  ] as const;
  for (const [name, named, why] of table) {
    await t.rejects(recordToFile(join(folder, name)), {
      name: 'RecordingError',
      message: `The recording ${join(folder, named)} cannot be written: ${why}`,
    });
  }
  t.notOk(existsSync(join(folder, 'nothing')));
});

t.test('a link that appears at the last moment is not followed either', async (t) => {
  const folder = t.testdir({ victim: 'precious' });
  const path = join(folder, 'a.jsonl');
  const disk: Disk = {
    open: (...how) => {
      symlinkSync('victim', path);
      return nodeDisk.open(...how);
    },
    rename: nodeDisk.rename,
  };
  await t.rejects(openRecording(disk, path, {}), {
    name: 'RecordingError',
    message: /it is a symbolic link, and links are not followed$/,
  });
  t.equal(readFileSync(join(folder, 'victim'), 'utf8'), 'precious');
});

t.test('what cannot be written is reported at once', async (t) => {
  const folder = t.testdir();
  await t.rejects(recordToFile(join(folder, 'no', 'such', 'folder')), {
    name: 'RecordingError',
    message: /^The recording .*folder cannot be written: ENOENT/,
  });
  await t.rejects(recordToFile(folder), { name: 'RecordingError', message: /EISDIR/ });
  for (const maxBytes of [0, -1, NaN, 1.5, SMALL.maxBytes - 1, 2 ** 32 + 1]) {
    await t.rejects(recordToFile(join(folder, 'a'), { maxBytes }), {
      name: 'OptionError',
      message: `The option 'maxBytes' must be a whole number from 8388608 to 4294967296, but is ${maxBytes}`,
    });
  }
});

t.test('records that are too large or not understandable are dropped and counted', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const file = await recordToFile(path);
  file.record(callRecord({ endpoint: 'unknown' }));
  file.record(endpointRecord({ seq: 1 }));
  file.record(callRecord({ seq: 2, args: ['x'.repeat(MEBIBYTE)] }));
  file.record(callRecord({ seq: 3, args: [1n] }));
  const circle: unknown[] = [];
  circle.push(circle);
  file.record(callRecord({ seq: 4, args: circle }));
  file.record(callRecord({ seq: 5 }));
  await file.close();
  file.record(callRecord({ seq: 6 }));
  t.equal(file.dropped, 5);
  t.same(
    (await readRecording(path)).records.map(({ seq }) => seq),
    [1, 5],
  );
});

t.test('a slow disk blocks nothing: what it cannot take is dropped and counted', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const disk = new TestDisk();
  disk.hold();
  const file = await openRecording(disk, path, {});
  file.record(endpointRecord({ seq: 1 }));
  const large = { args: ['x'.repeat(100_000)] };
  for (let seq = 2; seq <= 200; seq += 1) file.record(callRecord({ seq, ...large }));
  t.ok(file.dropped > 50 && file.dropped < 150, `${file.dropped} dropped`);
  const dropped = file.dropped;
  disk.release();
  await file.close();
  t.equal(file.dropped, dropped);
  const { records } = await readRecording(path);
  t.equal(records.length, 200 - dropped, 'the others are there');
});

t.test('an error of the disk is reported once, and ends the recording', async (t) => {
  for (const failing of ['appendFile', 'rename', 'close'] as const) {
    const path = join(t.testdir(), `${failing}.jsonl`);
    const errors: Error[] = [];
    const disk = new TestDisk(failing);
    const options = { ...SMALL, onError: (error: Error) => errors.push(error) };
    const file = await openRecording(disk, path, options);
    await fill(file, disk, 2 * PART_BYTES);
    await file.close();
    file.record(callRecord({ seq: 1_000_000 }));
    await file.close();
    t.match(
      errors,
      [{ name: 'RecordingError', message: /cannot be written: no space left/ }],
      failing,
    );
    t.equal(errors.length, 1, failing);
    t.ok(file.dropped > 0);
  }
});

t.test('a killed process leaves a readable recording', async (t) => {
  const path = join(t.testdir(), 'a.jsonl');
  const script = `
    import { recordToFile } from ${JSON.stringify(import.meta.resolve('../../../src/inspector/recording/file.ts'))};
    import { endpointRecord, callRecord } from ${JSON.stringify(import.meta.resolve('../../fixtures/inspection-records.ts'))};
    const file = await recordToFile(${JSON.stringify(path)});
    file.record(endpointRecord({ seq: 1 }));
    let seq = 1;
    setInterval(() => {
      for (let count = 0; count < 100; count += 1) file.record(callRecord({ seq: ++seq, actor: seq }));
      console.log(seq);
    }, 1);
  `;
  const words = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await new Promise<void>((resolve) => {
    // The process writes in its own time.
    child.stdout.on('data', () => {
      if (lengthOf(path) > 10_000) resolve();
    });
  });
  child.kill('SIGKILL');
  await exited;
  const { records, skippedLines } = await readRecording(path);
  t.ok(records.length > 1, `${records.length} records`);
  t.equal(skippedLines, 0);
  t.same(
    records.map(({ seq }) => seq),
    records.map((_, index) => index + 1),
  );
});

function lengthOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** A disk whose writes can be held, and of which one operation can fail. */
class TestDisk implements Disk {
  /** How many bytes were written; Infinity after a failure. */
  written = 0;
  release: () => void = () => undefined;
  readonly #failing: string | undefined;
  readonly #stat: object;
  #released: Promise<void> = Promise.resolve();

  /** @param stat what the disk says of each file, in place of the truth */
  constructor(
    failing?: 'appendFile' | 'rename' | 'close',
    stat: Partial<Awaited<ReturnType<OwnedFile['stat']>>> = {},
  ) {
    this.#failing = failing;
    this.#stat = stat;
  }

  hold(): void {
    this.#released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  async open(path: string, flags: number, mode: number): ReturnType<Disk['open']> {
    const file = await nodeDisk.open(path, flags, mode);
    return {
      stat: async () => Object.assign(await file.stat(), this.#stat),
      chmod: (changed) => file.chmod(changed),
      appendFile: async (text) => {
        await this.#released;
        this.#failIf('appendFile');
        await file.appendFile(text);
        this.written += Buffer.byteLength(text);
      },
      close: async () => {
        await file.close();
        this.#failIf('close');
      },
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#failIf('rename');
    await nodeDisk.rename(from, to);
  }

  #failIf(operation: string): void {
    if (operation !== this.#failing) return;
    this.written = Infinity;
    throw new Error('no space left');
  }
}

/**
 * Records an endpoint, and datagrams until there are this many bytes, as fast as the disk is.
 * Returns the last number.
 */
async function fill(
  file: RecordingFile,
  disk: TestDisk,
  bytes: number,
  firstSeq = 1,
): Promise<number> {
  const frames = [{ base64: 'A'.repeat(4_000) }];
  let seq = firstSeq;
  if (seq === 1) file.record(endpointRecord({ seq }));
  for (let recorded = 0; recorded < bytes; recorded += 4_000) {
    seq += 1;
    file.record(datagramRecord({ seq, frames }));
    while (recorded - disk.written > MEBIBYTE) await new Promise(setImmediate);
  }
  return seq;
}

function plain(records: readonly InspectionRecord[]): unknown {
  return JSON.parse(JSON.stringify(records));
}
