/** The program for other runtimes, under this one. `.ci/run` runs it under the others. */
import { join } from 'node:path';
import t from 'tap';
import { python } from '../fixtures/real-parts.js';
import { StartedProcess } from '../fixtures/started-process.js';
import { bundleProgram } from './bundle.js';
import { matches, PlainTest, Tally } from './plain-test.js';

t.setTimeout(600_000);

t.test('the program passes without a test runner', async (t) => {
  const program = join(t.testdir(), 'main.mjs');
  await bundleProgram(program);
  const run = new StartedProcess(t, process.execPath, [program], process.cwd());
  const { exitCode, stdout, stderr } = await run.ended();
  t.equal(exitCode, 0, stderr);
  t.strictSame(stdout.match(/^not ok.*/gm), null);
  const skipped = python().skip === undefined ? '' : ', skip: 2';
  t.match(stdout, new RegExp(`^# \\{ total: \\d{3}, pass: \\d{3}${skipped} \\}$`, 'm'));
});

t.test('a check that is not met fails, and so does an error', async (t) => {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  const ended: string[] = [];
  await new PlainTest('', tally).run((t) => {
    t.test('right', async (t) => {
      t.teardown(() => ended.push('right'));
      t.ok(1);
      t.match({ a: { b: 'text' }, c: 1 }, { a: { b: /ex/ }, c: Number });
      await t.rejects(Promise.reject(new RangeError('far')), RangeError);
    });
    t.test('wrong', (t) => {
      t.strictSame(1, 1n);
      t.throws(() => undefined, Error);
      throw new Error('planted');
    });
    t.skip('absent', 'no such thing');
  });
  t.equal(tally.end(), false);
  t.strictSame(ended, ['right']);
  t.equal(lines.filter((line) => line.startsWith('not ok')).length, 3);
  t.equal(lines.at(-1), '# { total: 7, pass: 3, fail: 3, skip: 1 }');
  t.equal(new Tally(() => undefined).end(), false, 'nothing checked proves nothing');
  t.notOk(matches({ a: 1 }, { a: 1, b: 2 }));
});
