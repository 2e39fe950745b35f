import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { layOut } from '../../../src/cli/top/table.js';
import type { Column } from '../../../src/cli/top/table.js';

interface Row {
  readonly name: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'NAME', cell: ({ name }) => name, minWidth: 4 },
  { heading: 'COUNT', cell: ({ count }) => String(count), right: true },
  { heading: 'SQUARE', cell: ({ count }) => String(count ** 2), right: true },
  { heading: 'HALF', cell: ({ count }) => String(count / 2), optional: true },
];
const ROWS: readonly Row[] = [
  { name: 'one hundred', count: 100 },
  { name: 'two', count: 2 },
];

function shown(width: number): { text: string[]; leftOut: readonly string[] } {
  const { heading, rows, leftOut } = layOut(COLUMNS, ROWS, width);
  return { text: [heading, ...rows].map(stripVTControlCharacters), leftOut };
}

t.test('columns are as wide as their contents, and numbers are right-aligned', async (t) => {
  t.strictSame(shown(80), {
    text: [
      'NAME         COUNT  SQUARE  HALF',
      'one hundred    100   10000  50',
      'two              2       4  1',
    ],
    leftOut: [],
  });
});

t.test(
  'without room, optional columns are left out, then names are cut, then last columns go',
  async (t) => {
    t.strictSame(shown(30), {
      text: [
        'NAME         COUNT  SQUARE',
        'one hundred    100   10000',
        'two              2       4',
      ],
      leftOut: ['HALF'],
    });
    t.strictSame(shown(20).text, [
      'NAME   COUNT  SQUARE',
      'one …    100   10000',
      'two        2       4',
    ]);
    t.strictSame(shown(16), {
      text: ['NAME       COUNT', 'one hund…    100', 'two            2'],
      leftOut: ['SQUARE', 'HALF'],
    });
    t.strictSame(shown(3), { text: ['NA…', 'on…', 'two'], leftOut: ['COUNT', 'SQUARE', 'HALF'] });
  },
);
