import t from 'tap';
import { staysOf, summaryOf } from './moves.js';
import { stepsText, summaryText } from './report.js';

/** One entry for each letter, which is the name of its file. Each file has one function. */
function entriesIn(files: string): { file: string; name: string; line: number }[] {
  const letters = files.split('');
  const functions = new Map(letters.map((file) => [file, { file, name: `f${file}`, line: 1 }]));
  return letters.map((file) => functions.get(file)!);
}

t.test('entries in one file are no moves', async (t) => {
  t.match(summaryOf(staysOf(entriesIn('aaa'))), { entries: 3, files: 1, moves: 1, movesBack: 0 });
});

t.test('a move to a file that was entered before is a move back', async (t) => {
  const stays = staysOf(entriesIn('abbac'));
  t.strictSame(
    stays.map(({ file, visit, entries }) => ({ file, visit, entries: entries.length })),
    [
      { file: 'a', visit: 1, entries: 1 },
      { file: 'b', visit: 1, entries: 2 },
      { file: 'a', visit: 2, entries: 1 },
      { file: 'c', visit: 1, entries: 1 },
    ],
  );
  t.match(summaryOf(stays), { entries: 5, files: 3, moves: 4, movesBack: 1 });
});

t.test('files are sorted by moves back, then by entries', async (t) => {
  t.strictSame(summaryOf(staysOf(entriesIn('abacc'))).byFile, [
    { file: 'a', entries: 2, movesBack: 1 },
    { file: 'c', entries: 2, movesBack: 0 },
    { file: 'b', entries: 1, movesBack: 0 },
  ]);
});

t.test('a pair of files counts moves in both directions', async (t) => {
  t.strictSame(summaryOf(staysOf(entriesIn('cabab'))).byPair, [
    { files: ['a', 'b'], moves: 3 },
    { files: ['a', 'c'], moves: 1 },
  ]);
});

t.test('without entries there is nothing to count', async (t) => {
  t.strictSame(summaryOf(staysOf([])), {
    ...{ entries: 0, files: 0, moves: 0, movesBack: 0, byFile: [], byPair: [] },
  });
});

t.test('the text has a heading for each move, and a loop on one line', async (t) => {
  t.equal(
    stepsText(staysOf(entriesIn('abba'))),
    'a\n    1  fa :1\nb\n    2  fb :1  2 times\na  < back, visit 2\n    4  fa :1\n',
  );
});

t.test('the text has the sums, files and pairs', async (t) => {
  t.equal(
    summaryText(summaryOf(staysOf(entriesIn('abba')))),
    [
      '4 function entries in 2 files, 3 moves between files, 1 of them back',
      '',
      ' back  entries  file',
      '    1        2  a',
      '    0        2  b',
      '',
      'moves  between',
      '    2  a and b',
      '',
    ].join('\n'),
  );
});
