import fc from 'fast-check';
import t from 'tap';
import { legibleBytes, legibleValue } from '../../src/legible/legible-value.js';
import { maskTest } from '../../src/legible/mask.js';
import type { Mask } from '../../src/legible/mask.js';
import { keyOfUser, textIfTyped } from '../../src/legible/typed-text.js';
import { OPEN } from '../../src/legible/transaction.js';
import { RemoteError } from '../../src/api/outcome.js';

const show = (value: unknown, mask?: Mask): unknown =>
  legibleValue(value, ['args'], {
    isMasked: maskTest(mask),
    procedure: 'login',
    transaction: OPEN,
  });

t.test('values are shown as people write them', async (t) => {
  const table: readonly (readonly [unknown, unknown])[] = [
    ['text', 'text'],
    [1.5, 1.5],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [2n ** 64n - 1n, '18446744073709551615n'],
    [null, null],
    [true, true],
    [Symbol('s'), 'Symbol(s)'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'Invalid Date'],
    [Uint8Array.of(0, 255, 16), '3 bytes: 00 ff 10'],
    [Buffer.of(1), '1 byte: 01'],
    [new Map<unknown, unknown>([[1n, Uint8Array.of(2)]]), { map: [['1n', '1 byte: 02']] }],
    [new Set([1]), { set: [1] }],
    [{ a: [{ b: 1n }] }, { a: [{ b: '1n' }] }],
    [Math.max, 'function max'],
    [{ id: 'call sayhi 3f9a', getSnapshot: () => ({}) }, 'actor call sayhi 3f9a'],
  ];
  for (const [value, shown] of table) t.strictSame(show(value), shown);
  t.equal(legibleBytes(new Uint8Array()), '0 bytes');
});

t.test(
  'what JSON lacks can be told from strings, and from objects that look the same',
  async (t) => {
    const typed = (value: unknown): unknown => {
      const how = { isMasked: maskTest(undefined), procedure: 'login', transaction: OPEN };
      return legibleValue(value, ['args'], { ...how, typed: true });
    };
    const table: readonly (readonly [unknown, object, string])[] = [
      [7n, { '(bigint)': '7n' }, '7n'],
      [new Date(0), { '(date)': '1970-01-01T00:00:00.000Z' }, '1970-01-01T00:00:00.000Z'],
      [Uint8Array.of(0, 255), { '(bytes)': '2 bytes: 00 ff' }, '2 bytes: 00 ff'],
      [NaN, { '(number)': 'NaN' }, 'NaN'],
    ];
    for (const [value, shown, text] of table) {
      t.strictSame(typed(value), shown);
      t.equal(textIfTyped(shown), text);
      const [key = ''] = Object.keys(shown);
      const disguised = typed(shown) as object;
      t.equal(textIfTyped(disguised), undefined, 'an object of the user');
      t.equal(keyOfUser(Object.keys(disguised)[0]!), key);
      t.equal(keyOfUser(Object.keys(typed(disguised) as object)[0]!), `(${key})`);
    }
    t.equal(textIfTyped({ '(date)': 7 }), undefined);
    t.equal(textIfTyped({ '(date)': '7', more: 1 }), undefined);
    t.strictSame(typed({ '(other)': '7n' }), { '(other)': '7n' });
  },
);

t.test('an error is shown with what is known of it', async (t) => {
  const error = new RemoteError('noSuchUser', 'nobody', { id: 7n });
  t.match(show(error), { name: error.name, message: error.message, data: { id: '7n' } });
});

t.test('a value that contains itself, throws or is large is cut, and marked as cut', async (t) => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  t.strictSame(show(circle), { self: '(circular)' });
  const shared = {};
  t.strictSame(show([shared, shared]), [{}, {}], 'twice is no circle');
  const throwing = {
    get bad(): never {
      throw new Error('no');
    },
  };
  t.equal(show(throwing), '(reading it threw)');
  t.match(show('x'.repeat(5_000)), /^x{4096}… \(904 characters more\)$/);
  t.equal((show(new Array(300).fill(1)) as unknown[]).at(-1), '(44 more)');
  const many = Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, 1]));
  t.match(show(many), { '…': '(1 more)' });
  t.match(show(new Uint8Array(1_501)), /^1501 bytes: 00 .* … \(1 more\)$/);
  let deep: unknown = 1;
  for (let depth = 0; depth < 50; depth += 1) deep = [deep];
  t.match(JSON.stringify(show(deep)), /nested deeper/);
});

t.test('masked keys are not shown at any depth, in upper or lower case', async (t) => {
  const value = [{ user: 'snake', Password: 'p' }, { in: [{ password: { deep: 'p' } }] }];
  t.strictSame(show(value, ['password']), [
    { user: 'snake', Password: '(masked)' },
    { in: [{ password: '(masked)' }] },
  ]);
});

t.test('the path to a value in a Map ends with its key', async (t) => {
  const map = new Map<unknown, unknown>([
    ['Password', 'p'],
    ['user', 'snake'],
    [7, { password: 'p', user: 'snake' }],
    [{ password: 'p' }, 'key'],
  ]);
  t.strictSame(show([map], ['password']), [
    {
      map: [
        ['Password', '(masked)'],
        ['user', 'snake'],
        [7, { password: '(masked)', user: 'snake' }],
        [{ password: '(masked)' }, 'key'],
      ],
    },
  ]);
  const second: Mask = ({ path }) => path.join('.') === 'args.0.map.7';
  t.match(show([map], second), [{ map: [[], [], [7, '(masked)'], []] }]);
  const many = new Map(Array.from({ length: 300 }, (_, index) => [index, index]));
  t.equal((show(many) as { map: unknown[] }).map.at(-1), '(44 more)');
});

t.test('a function masks by procedure and path, and also when it throws', async (t) => {
  const second: Mask = ({ procedure, path }) =>
    procedure === 'login' && path.join('.') === 'args.1';
  t.strictSame(show(['snake', 'secret'], second), ['snake', '(masked)']);
  const broken: Mask = () => {
    throw new Error('broken');
  };
  t.equal(show(['secret'], broken), '(masked)');
});

t.test('for any value, what is shown is valid JSON', async (t) => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
      (value) => {
        JSON.stringify(show(value));
      },
    ),
  );
  t.pass();
});
