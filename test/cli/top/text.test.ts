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

t.test('a text takes the columns that a terminal gives it', async (t) => {
  for (const [text, width] of TABLE) {
    const space = ' '.repeat(8 - width);
    t.equal(inColumns(text, 8), text + space);
    t.equal(inColumns(text, 8, true), space + text);
  }
});

t.test(
  'a text is cut between what is read as one character, and takes exactly its room',
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

t.test('text that is cut keeps its colour, which ends with it', async (t) => {
  t.equal(toned('too long', 'bad'), '\u001b[31mtoo long\u001b[39m');
  t.equal(inColumns(toned('too long', 'bad'), 4), '\u001b[31mtoo\u001b[39m…');
});

t.test('text from strangers cannot bring colours of its own', async (t) => {
  t.equal(toned('\u001b[31mred'), '\\u{1b}[31mred');
});
