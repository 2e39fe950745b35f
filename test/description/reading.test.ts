/** Descriptions of strangers: what is read of them, and what is refused in one sentence. */
import t from 'tap';
import { DescriptionError } from '../../src/description/error.js';
import { ListingReader, readProcedureDescription } from '../../src/description/reading.js';

const PAGE = { version: '9', features: ['x'], caller: 'h:1', procedures: [], more: false };
const TOLD = { name: 'a', idempotent: true };

t.test('pages are put together, and what is not known is skipped', async (t) => {
  const reader = new ListingReader();
  const first = { ...PAGE, procedures: [{ name: 'a', description: 'A.', hue: 1 }], more: true };
  t.match(reader.add({ ...first, features: ['x', 5, 'y'], colour: 'red' }), { more: true });
  t.strictSame(reader.add({ ...PAGE, procedures: [{ name: 'b', description: null }] }), {
    version: '9',
    features: ['x'],
    caller: 'h:1',
    procedures: [{ name: 'a', description: 'A.' }, { name: 'b' }],
    more: false,
  });
});

t.test('what is no page is refused, and named', async (t) => {
  const table: readonly (readonly [page: unknown, problem: RegExp])[] = [
    [null, /no map with text keys/],
    ['text', /no map/],
    [[PAGE], /no map/],
    [new Map([[1, 2]]), /no map/],
    [new Date(), /no map/],
    [{}, /'procedures' is not an array/],
    [Object.create(PAGE), /no map/],
    [{ ...PAGE, procedures: {} }, /'procedures' is not an array/],
    [{ ...PAGE, procedures: ['a'] }, /no map/],
    [{ ...PAGE, procedures: [{ name: 5 }] }, /'name' is not a text/],
    [{ ...PAGE, procedures: [{ name: 'a', description: {} }] }, /'description' is not a text/],
    [{ ...PAGE, more: 1 }, /'more' is not true or false/],
    [{ ...PAGE, version: 1 }, /'version' is not a text/],
    [{ ...PAGE, features: 'all' }, /'features' is not an array/],
    [{ ...PAGE, caller: null }, /'caller' is not a text/],
    [{ ...PAGE, more: true }, /a page is empty, but not the last/],
    [{ ...PAGE, procedures: [{ name: 'b' }, { name: 'a' }] }, /not in the order/],
    [{ ...PAGE, procedures: [{ name: 'a' }, { name: 'a' }] }, /not in the order/],
  ];
  for (const [page, message] of table) {
    t.throws(() => new ListingReader().add(page), { constructor: DescriptionError, message });
  }
});

t.test('a listing without end is given up, whether its pages repeat or not', async (t) => {
  const repeating = new ListingReader();
  const page = { ...PAGE, procedures: [{ name: 'a' }], more: true };
  repeating.add(page);
  t.throws(() => repeating.add(page), { message: /not in the order of their names/ });
  const endless = new ListingReader();
  const pages = (): void => {
    for (let index = 0; ; index += 1) {
      endless.add({ ...page, procedures: [{ name: String(index).padStart(9, '0') }] });
    }
  };
  t.throws(pages, { message: /it lists more than 10000 procedures/ });
});

t.test('the description of a procedure is read', async (t) => {
  t.match(readProcedureDescription(TOLD, 'a'), TOLD);
  const whole = { ...TOLD, description: 'A.', args: {}, result: true, timeoutMs: 1, maxBytes: 2 };
  t.match(readProcedureDescription(whole, 'a'), whole);
  const omitted = { args: 'tooLarge', result: 'some later word' };
  t.match(readProcedureDescription({ ...TOLD, omitted }, 'a'), {
    omitted: { args: 'tooLarge', result: 'untold' },
  });
  for (const [wrong, message] of [
    [{ name: 'b' }, /that of another procedure/],
    [{ args: 'x' }, /'args' is not a JSON Schema/],
    [{ result: [] }, /'result' is not a JSON Schema/],
    [{ args: new Map() }, /'args' is not a JSON Schema/],
    [{ idempotent: 1 }, /'idempotent' is not true or false/],
    [{ timeoutMs: -1 }, /'timeoutMs' is not a positive integer/],
    [{ maxBytes: '5' }, /'maxBytes' is not a positive integer/],
  ] as const) {
    t.throws(() => readProcedureDescription({ ...TOLD, ...wrong }, 'a'), {
      constructor: DescriptionError,
      message,
    });
  }
});
