import stringWidth from 'string-width';
import t from 'tap';
import { inColumns, toned } from '../../../src/cli/top/text.js';

const TABLE: readonly (readonly [text: string, width: number])[] = [
  ['', 0],
  ['sayhi', 5],
  ['größe', 5],
  ['e\u0301', 1],
  ['日本', 4],
  ['한글', 4],
  ['🐍', 2],
  ['👩‍👩‍👧', 2],
  ['🇯🇵', 2],
  ['●→…', 3],
];

t.test('a text has the width that a terminal gives it', async (t) => {
  for (const [text, width] of TABLE) {
    const space = ' '.repeat(8 - width);
    t.equal(inColumns(text, 8), text + space);
    t.equal(inColumns(text, 8, true), space + text);
  }
});

t.test(
  'a text is cut only between whole characters, and takes exactly the room that it is given',
  async (t) => {
    t.equal(inColumns('sayhi', 5), 'sayhi');
    t.equal(inColumns('sayhi', 4), 'say…');
    t.equal(inColumns('sayhi', 0), '');
    t.equal(inColumns('日本語', 4), '日… ');
    t.equal(inColumns('👩‍👩‍👧👩‍👩‍👧', 3), '👩‍👩‍👧…');
    for (const [text] of TABLE) {
      for (let width = 0; width < 6; width += 1) {
        t.equal(stringWidth(inColumns(text, width)), width, `${text} in ${width}`);
      }
    }
  },
);

t.test('a text that is cut keeps its colour, and the colour ends with it', async (t) => {
  t.equal(toned('too long', 'bad'), '\u001b[31mtoo long\u001b[39m');
  t.equal(inColumns(toned('too long', 'bad'), 4), '\u001b[31mtoo\u001b[39m…');
});

t.test('text from strangers cannot bring its own colours', async (t) => {
  t.equal(toned('\u001b[31mred'), '\\u{1b}[31mred');
});
