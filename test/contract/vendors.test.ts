/** The same table of cases for zod, valibot, arktype and a schema made by hand. */
import fc from 'fast-check';
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import type { ContractedProcedure } from '../../src/contract/contracted-procedure.js';
import { afterTheWire } from '../fixtures/msgpack-values.js';
import { SCHEMAS } from '../fixtures/schemas.js';

const USER = { name: 'Snake', tags: ['eye patch', 'glider'] };

/** Arguments, and the paths that are wrong in them. */
const ARGUMENTS: readonly (readonly [args: readonly unknown[], ...paths: string[]])[] = [
  [[USER]],
  [[USER, 3]],
  [[{ name: '', tags: [] }, -0.5]],
  [[{ ...USER, name: 5 }], 'args[0].name'],
  [[{ ...USER, name: null }, 3], 'args[0].name'],
  [[{ ...USER, tags: ['a', 'b', 3] }], 'args[0].tags[2]'],
  [[{ ...USER, tags: {} }], 'args[0].tags'],
  [[{ name: 'Snake' }], 'args[0].tags'],
  [[{}], 'args[0].name', 'args[0].tags'],
  [['Snake'], 'args[0]'],
  [[null], 'args[0]'],
  [[USER, 'thrice'], 'args[1]'],
  [[USER, null], 'args[1]'],
  [
    [{ name: 1, tags: [1, 'b', 3] }, {}],
    'args[0].name',
    'args[0].tags[0]',
    'args[0].tags[2]',
    'args[1]',
  ],
];

/**
 * Wrong numbers of arguments. Each library gives another path for them: that of the array or that
 * of the item.
 */
const WRONG_LENGTHS: readonly (readonly unknown[])[] = [[], [USER, 3, 'more']];

const RESULTS: readonly (readonly [result: unknown, ...paths: string[]])[] = [
  [{ items: [] }],
  [{ items: ['a', 'b'] }],
  [{ items: ['a', 'b', 3, 'd', null] }, 'result.items[2]', 'result.items[4]'],
  [{ items: 'a' }, 'result.items'],
  [{}, 'result.items'],
  [null, 'result'],
  ['a', 'result'],
];

/** Arguments of the right number, valid about as often as invalid. */
const someArguments = ((): fc.Arbitrary<unknown[]> => {
  const wrong = fc.constantFrom<unknown>(null, 0, 'x', [], {}, true);
  const maybe = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
  const text = fc.string({ unit: 'grapheme', maxLength: 8 });
  const tags = fc.array(maybe(text), { maxLength: 3 });
  const user = fc.record({ name: maybe(text), tags: maybe(tags) });
  return fc.oneof(fc.tuple(maybe(user)), fc.tuple(maybe(user), maybe(fc.integer())));
})();

for (const [vendor, schemas] of Object.entries(SCHEMAS)) {
  const contract = defineContract({
    greet: { args: schemas.args, result: schemas.result },
    search: { args: schemas.search, result: schemas.search },
  });
  const greet = procedureOf(contract, 'greet');
  const search = procedureOf(contract, 'search');

  t.test(`${vendor}: the paths of invalid arguments are named, at both sides`, async (t) => {
    for (const [args, ...paths] of ARGUMENTS) {
      t.strictSame(pathsOf(greet.checkArguments(args)), paths, JSON.stringify(args));
      t.strictSame(pathsOf(greet.readArguments(args).issues), paths, JSON.stringify(args));
    }
    for (const args of WRONG_LENGTHS) {
      const [path, ...more] = pathsOf(greet.readArguments(args).issues);
      t.match(path, /^args(\[[02]\])?$/, JSON.stringify(args));
      t.strictSame(more, []);
    }
  });

  t.test(`${vendor}: the paths of invalid results are named, at both sides`, async (t) => {
    for (const [result, ...paths] of RESULTS) {
      t.strictSame(pathsOf(greet.checkResult(result)), paths, JSON.stringify(result));
      t.strictSame(pathsOf(greet.readResult(result).issues), paths, JSON.stringify(result));
    }
  });

  t.test(`${vendor}: the receiver gets the output of the schema`, async (t) => {
    const sent = [{ word: 'Snake' }];
    t.equal(search.checkArguments(sent), undefined);
    t.strictSame(sent, [{ word: 'Snake' }], 'the sender sends what was given');
    t.match(search.readArguments(sent), { value: [{ word: 5, limit: 10 }] });
    t.match(search.readResult([{ word: 'Snake', limit: 2 }]), { value: [{ word: 5, limit: 2 }] });
    t.strictSame(pathsOf(search.checkResult([{ word: 5, limit: 10 }])), ['result[0].word']);
  });

  t.test(
    `${vendor}: an argument that is undefined is left out at the end, and a null before it`,
    async (t) => {
      t.strictSame(pathsOf(greet.checkArguments([USER, undefined])), []);
      t.strictSame(pathsOf(greet.checkArguments([undefined, 3])), ['args[0]']);
    },
  );

  t.test(`${vendor}: the receiver accepts what the sender accepts`, async (t) => {
    let passed = 0;
    t.doesNotThrow(() => {
      fc.assert(
        fc.property(someArguments, (args) => {
          if (greet.checkArguments(args) !== undefined) return true;
          passed += 1;
          return greet.readArguments(afterTheWire(args) as unknown[]).issues === undefined;
        }),
      );
    });
    t.ok(passed > 20, `${passed} of 100 passed`);
  });
}

t.test('all libraries give the same verdict', async (t) => {
  const greets = Object.values(SCHEMAS).map(({ args }) =>
    procedureOf(defineContract({ greet: { args } }), 'greet'),
  );
  let accepted = 0;
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(someArguments, (args) => {
        const verdicts = greets.map((greet) => greet.readArguments(args).issues === undefined);
        if (verdicts[0] === true) accepted += 1;
        return new Set(verdicts).size === 1;
      }),
      { numRuns: 500 },
    );
  });
  t.ok(accepted > 25 && accepted < 475, `${accepted} of 500 were accepted`);
});

function procedureOf(
  contract: { procedure(name: string): ContractedProcedure | undefined },
  name: string,
): ContractedProcedure {
  const procedure = contract.procedure(name);
  if (procedure === undefined) throw new Error(`the contract has no ${name}`);
  return procedure;
}

function pathsOf(issues: readonly { readonly path: string }[] | undefined): string[] {
  return (issues ?? []).map(({ path }) => path).sort();
}
