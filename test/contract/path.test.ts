import t from 'tap';
import { formatPath } from '../../src/contract/path.js';

t.test('a path is written as in JavaScript', async (t) => {
  const cases: readonly (readonly [segments: unknown, path: string])[] = [
    [undefined, 'args'],
    [[], 'args'],
    [[0, 'name'], 'args[0].name'],
    [['items', 2], 'args.items[2]'],
    [[{ key: 0 }, { key: 'größe' }, { key: '$_1' }], 'args[0].größe.$_1'],
    [['0', 'a b', '', '__proto__'], 'args["0"]["a b"][""].__proto__'],
    [['"\n\u202e\u001b[2J'], 'args["\\"\\n\\u{202e}\\u{1b}[2J"]'],
    [[Symbol('id'), Symbol()], 'args[Symbol(id)][Symbol()]'],
    [[Symbol('\u001b[2J')], 'args[Symbol(\\u{1b}[2J)]'],
    [[NaN, -1], 'args[NaN][-1]'],
    [
      [null, {}, [], true, { key: {} }, { key: { key: 1 } }, undefined],
      'args[?][?][?][?][?][?][?]',
    ],
    ['name', 'args'],
    [{ length: 1, 0: 'name' }, 'args'],
  ];
  for (const [segments, path] of cases) t.equal(formatPath('args', segments), path);
});

t.test('a path has at most 128 characters, and only whole segments', async (t) => {
  const shapes = [
    Array.from({ length: 100_000 }, (_, index) => index),
    Array.from({ length: 100 }, () => 'x'.repeat(1_000)),
    ['x', ...Array.from({ length: 100 }, () => '\u{10400}'.repeat(20))],
    ['\ud800'.repeat(100)],
    [Symbol('\ud800'.repeat(100))],
  ];
  for (const segments of shapes) {
    const path = formatPath('args', segments);
    t.ok(path.length <= 128, `${path.length} characters`);
    t.equal(path, Buffer.from(path).toString(), 'it survives UTF-8');
    t.match(path, /…/);
  }
  t.equal(formatPath('args', ['x'.repeat(1_000), 1]), `args.${'x'.repeat(63)}…[1]`);
  t.equal(formatPath('args', [' '.repeat(1_000), 1]), `args["${' '.repeat(63)}…"][1]`);

  let read = 0;
  const endless = new Proxy([], {
    get: (_target, name) => (name === 'length' ? 2 ** 31 : ((read += 1), 'key')),
  });
  t.match(formatPath('args', endless), /^args\.key\.key.*…$/);
  t.ok(read < 100, `${read} keys were read`);
});
