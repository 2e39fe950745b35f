import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { FLOORS } from './fixtures/floors.js';
import { codeIn } from './fixtures/readmes.js';

const readme = readFileSync('README.md', 'utf8');

/** The text between two headings. */
function section(heading: string): string {
  const [, text = ''] = readme.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
}

t.test('the tests that each promise names exist', async (t) => {
  const promises = section('What it promises').split('\n').slice(2);
  const rows = promises.filter((line) => line.startsWith('| ') && !/^\| (promise|-)/.test(line));
  t.ok(rows.length > 10);
  for (const row of rows) {
    const named = codeIn(row.split('|').at(-2) ?? '');
    t.ok(named.length > 0, row.slice(0, 60));
    for (const path of named) t.ok(existsSync(path), path);
  }
});

t.test(
  'the map of src names every room and every file directly in src, on the right floor',
  async (t) => {
    const [, map = ''] = readFileSync('src/README.md', 'utf8').split('```text\n');
    const [floors = ''] = map.split('```');
    const onMap = floors
      .split(/^─+$/m)
      .map((floor) => floor.split('\n').flatMap((line) => /^(\S+)/.exec(line)?.[1] ?? []));
    t.same(
      onMap.map((floor) => floor.sort()),
      FLOORS.map((rooms) => [...rooms].sort()),
    );
  },
);

t.test('the files that src/README.md names exist', async (t) => {
  const page = readFileSync('src/README.md', 'utf8');
  const named = [...page.matchAll(/[a-z][a-z/.-]*\.tsx?\b/g)].map(([name]) => name);
  t.ok(named.length > 40);
  for (const name of named) {
    const isThere = existsSync(`src/${name}`) || existsSync(name);
    t.ok(isThere || name === 'machine.ts', name);
  }
});
