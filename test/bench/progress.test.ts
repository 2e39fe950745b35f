import t from 'tap';
import { Progress } from './progress.js';

/** What a hundred steps write, without the times. */
function written(isTTY: boolean): string {
  let text = '';
  const progress = new Progress(100, { isTTY, write: (more) => (text += more) });
  for (let step = 1; step <= 100; step += 1) progress.step(`step ${step}`, 1);
  progress.end();
  return text.replaceAll(/, \d+ s left/g, ', … s left');
}

t.test('on a terminal it is one line, which is cleared at the end', async (t) => {
  const text = written(true);
  t.notMatch(text, '\n');
  const lines = text.split('\r').slice(1);
  t.equal(lines.length, 101);
  t.strictSame(
    [lines[0], lines[1], lines[99], lines[100]],
    [
      '0 %: step 1\x1b[K',
      '1 %, … s left: step 2\x1b[K',
      '99 %, … s left: step 100\x1b[K',
      '\x1b[K',
    ],
  );
});

t.test('elsewhere it is a line at every tenth of the way', async (t) => {
  const lines = written(false).trimEnd().split('\n');
  t.equal(lines.length, 10);
  t.strictSame(lines.slice(0, 2), ['0 %: step 1', '10 %, … s left: step 11']);
});
