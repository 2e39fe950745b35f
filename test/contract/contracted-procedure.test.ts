import t from 'tap';
import { z } from 'zod';
import { ContractedProcedure } from '../../src/contract/contracted-procedure.js';
import { schemaGiving, schemaOf } from '../fixtures/schemas.js';

t.test('without schemas all values pass unchanged', async (t) => {
  const procedure = new ContractedProcedure('any', {});
  const args = [1, undefined, { two: Symbol('two') }];
  t.equal(procedure.checkArguments(args), undefined);
  t.equal((procedure.readArguments(args) as { value: unknown }).value, args);
  for (const result of [undefined, null, 5, args]) {
    t.equal(procedure.checkResult(result), undefined);
    t.equal((procedure.readResult(result) as { value: unknown }).value, result);
  }
  t.match(procedure, { idempotent: false, timeoutMs: undefined, maxBytes: undefined });
});

t.test('the other properties of the contract can be read', async (t) => {
  const said = { idempotent: true, timeoutMs: 2_000, maxBytes: 1_200 };
  t.match(new ContractedProcedure('sayhi', said), { name: 'sayhi', ...said });
});

t.test('a missing result is checked as the null that arrives', async (t) => {
  const nothing = new ContractedProcedure('forget', { result: z.null() });
  t.equal(nothing.checkResult(undefined), undefined);
  t.equal(nothing.checkResult(null), undefined);
  t.match(nothing.checkResult(0), [{ path: 'result' }]);
});

t.test('a nil is nothing where the schema takes nothing and no null', async (t) => {
  for (const [result, value] of [
    [z.void(), undefined],
    [z.string().optional(), undefined],
    [z.string().nullable(), null],
    [z.string().nullish(), null],
  ] as const) {
    const procedure = new ContractedProcedure('maybe', { result });
    t.equal(procedure.checkResult(undefined), undefined);
    t.strictSame(procedure.readResult(null), { value });
  }
  const args = z.tuple([z.string().nullable(), z.number().optional()]);
  const procedure = new ContractedProcedure('find', { args });
  t.equal(procedure.checkArguments([null]), undefined);
  t.equal(procedure.checkArguments([null, undefined]), undefined, 'it is left out at the end');
  t.match(procedure.checkArguments([null, null]), [{ path: 'args[1]' }], 'a null is one');
});

t.test('a schema judges a value as it will arrive, before it is sent', async (t) => {
  const judged = (schema: z.ZodType, value: unknown) => {
    const procedure = new ContractedProcedure('x', { args: z.tuple([schema]), result: schema });
    const [ofArguments, ofResult] = [
      procedure.checkArguments([value]),
      procedure.checkResult(value),
    ];
    t.equal(ofArguments === undefined, ofResult === undefined);
    return ofArguments === undefined;
  };
  for (const [schema, value, passes] of [
    [z.bigint(), 5n, false],
    [z.number(), 5n, true],
    [z.bigint(), 2n ** 60n, true],
    [z.instanceof(Buffer), Buffer.from('x'), false],
    [z.instanceof(Uint8Array), Buffer.from('x'), true],
    [z.date(), new Date(5), true],
    [z.strictObject({ a: z.number() }), { a: 1, b: undefined }, true],
    [z.array(z.number().nullable()), [1, undefined], true],
    [z.literal(0), -0, true],
    [z.any(), () => 1, true],
  ] as const) {
    t.equal(judged(schema, value), passes, `${schema.type}, ${typeof value}`);
  }
});

t.test('checking does not change what is sent', async (t) => {
  const given: unknown[][] = [];
  const args = schemaOf<unknown[]>((value) => {
    given.push(value as unknown[]);
    return { value: [] };
  });
  const procedure = new ContractedProcedure('sayhi', { args });
  const whole = ['Snake', null];
  procedure.checkArguments(whole);
  t.equal(given[0], whole, 'the schema sees the arguments themselves');
  const gappy = ['Snake', undefined];
  procedure.checkArguments(gappy);
  t.strictSame(given[1], ['Snake'], 'without what is left out at the end');
  t.strictSame(gappy, ['Snake', undefined]);
});

t.test('the schema refuses arguments that are not an array', async (t) => {
  const procedure = new ContractedProcedure('sayhi', { args: z.tuple([z.string()]) });
  for (const args of ['text', 5, null, undefined, {}]) {
    t.match(procedure.checkArguments(args as never), [{ path: 'args' }]);
  }
});

t.test('a schema whose output for arguments is not an array gives a fault', async (t) => {
  for (const value of ['text', null, { length: 0 }, undefined]) {
    const procedure = new ContractedProcedure('sayhi', { args: schemaGiving({ value }) });
    t.match(
      procedure.readArguments([]).issues?.fault?.problem,
      /^the schema gave .* must be an array$/,
    );
    t.match(procedure.checkArguments([])?.fault, { procedure: 'sayhi', part: 'args' });
  }
});
