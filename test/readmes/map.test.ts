/** What the pages say of the project's files is so. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { FLOORS } from '../fixtures/floors.js';
import { codeIn, PAGES, pageOf } from './pages.js';
import type { Page } from './pages.js';

t.test('each promise names tests that exist', async (t) => {
  const [list] = pageOf('test/README.md')
    .below('What is promised')
    .filter(({ type }) => type === 'list');
  const promises: string[] = list?.raw.split(/^- /m).slice(1) ?? [];
  t.ok(promises.length > 10);
  for (const promise of promises) {
    const tests = codeIn(/\(([^()]+)\)\s*$/.exec(promise)?.[1] ?? '');
    t.ok(tests.length > 0, promise);
    for (const path of tests) t.ok(existsSync(path), path);
  }
});

t.test('the map of src names every room and every loose file, on its floor', async (t) => {
  const map = pageOf('src/README.md').blocks[0]?.text ?? '';
  const onMap = map
    .split(/^─+$/m)
    .map((floor) => floor.split('\n').flatMap((line) => /^(\S+)/.exec(line)?.[1] ?? []));
  t.same(
    onMap.map((floor) => floor.sort()),
    FLOORS.map((rooms) => [...rooms].sort()),
  );
});

t.test('the files that pages name exist', async (t) => {
  const rooms = PAGES.filter(({ path }) => path.startsWith('src/'));
  t.ok(rooms.length > 8);
  for (const page of rooms) {
    for (const name of filesNamedIn(page)) {
      const here = join(dirname(page.path), name);
      t.ok(isSomewhere(name, here) || name === 'machine.ts', `${page.path} names ${name}`);
    }
  }
});

/** The readers of a page find a file from its folder, from `src`, or from the project's root. */
function isSomewhere(name: string, here: string): boolean {
  return existsSync(here) || existsSync(join('src', name)) || existsSync(name);
}

function filesNamedIn({ prose, blocks }: Page): string[] {
  const pictures = blocks.filter(({ language }) => language === 'text').map(({ text }) => text);
  return [prose, ...pictures].flatMap((text) =>
    [...text.matchAll(/[a-z.][a-z/.-]*\.tsx?\b/g)].map(([name]) => name),
  );
}

t.test('every link leads somewhere', async (t) => {
  const links = PAGES.flatMap((page) => page.links.map((target) => ({ page, target })));
  t.ok(links.length > 30);
  for (const { page, target } of links.filter(({ target }) => !/^https?:/.test(target))) {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page.path : join(dirname(page.path), path);
    t.ok(existsSync(file), `${page.path} links to ${target}`);
    if (anchor !== undefined)
      t.ok(pageOf(file).anchors.includes(anchor), `${page.path}: ${target}`);
  }
});

/** Rooms whose code its users meet. */
const GUIDED = [
  ...['call', 'cli', 'cluster', 'contract', 'endpoint', 'handler', 'inspector', 'testing', 'wire'],
  ...['doctor', 'metrics', 'notification', 'xstate'],
];

t.test('every room that users meet has a guide', async (t) => {
  for (const room of GUIDED) t.ok(existsSync(`src/${room}/README.md`), room);
});

const MAX_README_BYTES = 10_000;
const MAX_COLUMNS = 120;

t.test('the README is one to decide by, and no page needs a wide window', async (t) => {
  const bytes = Buffer.byteLength(pageOf('README.md').text);
  t.ok(bytes <= MAX_README_BYTES, `${bytes} bytes`);
  for (const { path, lines } of PAGES) {
    const wide = lines.filter((line) => Array.from(line).length > MAX_COLUMNS);
    t.same(wide, [], path);
  }
});

t.test('the README has the two commands', async (t) => {
  const [commands] = pageOf('README.md').blocks.filter(({ language }) => language === 'sh');
  t.match(commands?.text, /^npm ci && npm start .*\nnpm ci && npm test /);
});
