import t from 'tap';
import { cutText, textWidth } from '../../../src/cli/top/text-width.js';

const TABLE: readonly (readonly [text: string, width: number])[] = [
  ['', 0],
  ['sayhi', 5],
  ['größe', 5],
  ['e\u0301', 1],
  ['日本', 4],
  ['한글', 4],
  ['🐍', 2],
  ['👩‍👩‍👧', 2],
  ['●→…', 3],
];

t.test('a text has the width that a terminal gives it', async (t) => {
  for (const [text, width] of TABLE) t.equal(textWidth(text), width, text);
});

t.test(
  'a text is cut only between whole characters, and never takes more room than it is given',
  async (t) => {
    t.equal(cutText('sayhi', 5), 'sayhi');
    t.equal(cutText('sayhi', 4), 'say…');
    t.equal(cutText('sayhi', 0), '');
    t.equal(cutText('日本語', 4), '日…');
    for (const [text] of TABLE) {
      for (let width = 0; width < 6; width += 1) {
        t.ok(textWidth(cutText(text, width)) <= width, `${text} in ${width}`);
      }
    }
  },
);
