import t from 'tap';
import { z } from 'zod';
import { ContractedProcedure } from '../../src/contract/contracted-procedure.js';
import { InvalidArgumentsError, InvalidResultError } from '../../src/contract/errors.js';
import { schemaGiving } from '../fixtures/schemas.js';

const procedure = new ContractedProcedure('sayhi', {
  args: z.tuple([z.object({ name: z.string('no text') })]),
  result: z.object({ items: z.array(z.string('no text')) }),
});

t.test('the error for invalid arguments names the procedure and the first path', async (t) => {
  const issues = procedure.checkArguments([{ name: 5 }])!;
  t.match(new InvalidArgumentsError('sayhi', issues), {
    name: 'InvalidArgumentsError',
    code: 'ERR_RPCUDP_INVALID_ARGUMENTS',
    procedure: 'sayhi',
    issues: [{ path: 'args[0].name', message: 'no text' }],
    message: 'The arguments of "sayhi" break its contract: args[0].name: no text',
    cause: undefined,
  });
});

t.test('the error for an invalid result names the procedure and the first path', async (t) => {
  const issues = procedure.checkResult({ items: ['a', 'b', 3, 4] })!;
  t.match(new InvalidResultError('sayhi', issues), {
    name: 'InvalidResultError',
    code: 'ERR_RPCUDP_INVALID_RESULT',
    procedure: 'sayhi',
    issues: [{ path: 'result.items[2]' }, { path: 'result.items[3]' }],
    message: 'The result of "sayhi" breaks its contract: result.items[2]: no text',
    cause: undefined,
  });
});

t.test('the error of a failed schema is the cause', async (t) => {
  const broken = new ContractedProcedure('sayhi', {
    args: schemaGiving(undefined),
    result: schemaGiving(undefined),
  });
  const args = broken.checkArguments([])!;
  const result = broken.checkResult(1)!;
  t.equal(new InvalidArgumentsError('sayhi', args).cause, args.fault);
  t.equal(new InvalidResultError('sayhi', result).cause, result.fault);
  t.match(result.fault, { code: 'ERR_RPCUDP_SCHEMA', part: 'result' });
});

t.test('a name is shown in quotes, escaped, and cut to 64 characters', async (t) => {
  const issues = procedure.checkArguments([])!;
  const { message } = new InvalidArgumentsError(`\u001b"${'x'.repeat(9_000)}`, issues);
  t.match(message, /^The arguments of "\\u\{1b\}\\"x{61}…" break its contract: args: /);
});
