import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeWhole } from '../../src/cli/whole-file.js';

const whole = [Buffer.from('one '), Buffer.from('two')];

function* broken(): Generator<Buffer> {
  yield Buffer.alloc(1024 * 1024);
  throw new RangeError('broken');
}

t.test('a file is written, or replaced if asked for', async (t) => {
  const folder = t.testdir({ old: 'precious' });
  await writeWhole(join(folder, 'new'), whole, false);
  await writeWhole(join(folder, 'newer'), whole, true);
  await t.rejects(writeWhole(join(folder, 'old'), whole, false), { code: 'EEXIST' });
  t.equal(readFileSync(join(folder, 'old'), 'utf8'), 'precious');
  await writeWhole(join(folder, 'old'), whole, true);
  for (const name of ['new', 'newer', 'old']) {
    t.equal(readFileSync(join(folder, name), 'utf8'), 'one two');
  }
  t.strictSame(readdirSync(folder), ['new', 'newer', 'old'], 'and nothing else is left');
});

t.test('when writing fails, nothing is left, and what was there is unchanged', async (t) => {
  const folder = t.testdir({ old: 'precious' });
  await t.rejects(writeWhole(join(folder, 'new'), broken(), false), { message: 'broken' });
  await t.rejects(writeWhole(join(folder, 'old'), broken(), true), { message: 'broken' });
  t.strictSame(readdirSync(folder), ['old']);
  t.equal(readFileSync(join(folder, 'old'), 'utf8'), 'precious');
});

t.test('a link is followed, a device is written to, and a folder is refused', async (t) => {
  const folder = t.testdir({ target: 'old' });
  symlinkSync('target', join(folder, 'link'));
  await writeWhole(join(folder, 'link'), whole, true);
  t.equal(readFileSync(join(folder, 'target'), 'utf8'), 'one two');
  t.strictSame(readdirSync(folder), ['link', 'target']);
  await writeWhole('/dev/null', whole, true);
  mkdirSync(join(folder, 'folder'));
  await t.rejects(writeWhole(join(folder, 'folder'), whole, true), { code: 'EISDIR' });
  await t.rejects(writeWhole(join(folder, 'folder'), whole, false), { code: 'EEXIST' });
});
