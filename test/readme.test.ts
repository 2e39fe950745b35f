import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { codeIn } from './fixtures/readmes.js';

const readme = readFileSync('README.md', 'utf8');

/** What stands between two headings. */
function section(heading: string): string {
  const [, text = ''] = readme.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
}

t.test('each promise names tests that exist', async (t) => {
  const promises = section('What it promises').split('\n').slice(2);
  const rows = promises.filter((line) => line.startsWith('| ') && !/^\| (promise|-)/.test(line));
  t.ok(rows.length > 10);
  for (const row of rows) {
    const named = codeIn(row.split('|').at(-2) ?? '');
    t.ok(named.length > 0, row.slice(0, 60));
    for (const path of named) t.ok(existsSync(path), path);
  }
});

t.test('the files of the map exist', async (t) => {
  const [, map = ''] = section('Map of `src`').split('```');
  for (const line of map.split('\n').slice(1)) {
    const [names = ''] = line.split(/ {2,}| …/);
    for (const name of names.split(', ').filter(Boolean)) {
      t.ok(existsSync(`src/${name}`), name);
    }
  }
});
