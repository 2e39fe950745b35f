import { Writable } from 'node:stream';
import t from 'tap';
import { Output } from '../../src/cli/output.js';

/** A stream whose reader reads only when it is told to. */
class SlowReader extends Writable {
  readonly chunks: string[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor() {
    super({ highWaterMark: 8, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    this.#waiting.push(done);
  }

  /** Reads until nothing comes any more. */
  async readAll(): Promise<string[]> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) return this.chunks;
      next();
      await new Promise(setImmediate);
    }
  }
}

t.test('a log waits up to its limit; then lines are dropped until all is read', async (t) => {
  const reader = new SlowReader();
  const output = new Output(reader, { maxWaitingBytes: 20 });
  for (let line = 0; line < 100; line += 1) output.log(`line ${line}`);
  t.equal(output.dropped, 97);
  t.equal(reader.writableLength, 21, 'no more than the limit and one line waits');
  t.strictSame(await reader.readAll(), [
    'line 0\n',
    'line 1\n',
    'line 2\n',
    '(97 lines are missing here: the reader was too slow)\n',
  ]);
  t.equal(output.dropped, 0);
  output.log('line 100');
  t.equal((await reader.readAll()).at(-1), 'line 100\n');
});

t.test('what is printed is never dropped', async (t) => {
  const reader = new SlowReader();
  const output = new Output(reader, { maxWaitingBytes: 1 });
  output.log('one of many');
  output.log('another');
  output.print('the value');
  t.strictSame(await reader.readAll(), [
    'one of many\n',
    'the value\n',
    '(1 line is missing here: the reader was too slow)\n',
  ]);
});

t.test('flush waits for the reader, and for the line that tells what was dropped', async (t) => {
  const reader = new SlowReader();
  const output = new Output(reader, { maxWaitingBytes: 8 });
  for (let line = 0; line < 4; line += 1) output.log(`line ${line}`);
  let flushed = false;
  const flushing = output.flush().then(() => (flushed = true));
  await new Promise(setImmediate);
  t.notOk(flushed);
  await reader.readAll();
  await flushing;
  t.match(reader.chunks.at(-2), /^\(2 lines are missing here/);
});

t.test('in a hurry, flush leaves a reader that has stopped reading', async (t) => {
  const output = new Output(new SlowReader(), { farewellMs: 1 });
  output.print('nobody reads this');
  const flushing = output.flush();
  output.hurry();
  await flushing;
  t.pass();
});
