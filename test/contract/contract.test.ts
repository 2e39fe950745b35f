import t from 'tap';
import { z } from 'zod';
import { defineContract } from '../../src/contract/contract.js';
import type { ContractDefinition } from '../../src/contract/definition.js';
import { schemaGiving } from '../fixtures/schemas.js';

const define = (definition: unknown) => () => defineContract(definition as ContractDefinition);

t.test('a contract knows its own procedures and no others', async (t) => {
  const contract = defineContract({ sayhi: {}, ['__proto__']: {}, toString: {} });
  for (const name of ['sayhi', '__proto__', 'toString']) {
    t.equal(contract.procedure(name)?.name, name);
  }
  for (const name of ['constructor', 'valueOf', 'hasOwnProperty', 'then', '', 'sayho']) {
    t.equal(contract.procedure(name), undefined, name);
  }
  t.equal(defineContract({}).procedure('sayhi'), undefined);
});

t.test('a contract does not change when its definition is changed', async (t) => {
  const definition: Record<string, { timeoutMs: number }> = { sayhi: { timeoutMs: 5 } };
  const contract = defineContract(definition);
  definition['sayhi']!.timeoutMs = 7;
  definition['more'] = { timeoutMs: 1 };
  t.equal(contract.procedure('sayhi')?.timeoutMs, 5);
  t.equal(contract.procedure('more'), undefined);
});

t.test('schemas are objects or functions that follow version 1', async (t) => {
  const schema = schemaGiving({ value: [] });
  const callable = Object.assign(() => 0, schema);
  t.doesNotThrow(define({ sayhi: { args: schema, result: callable } }));
  t.doesNotThrow(define({ sayhi: { args: undefined, result: undefined, timeoutMs: undefined } }));
  for (const bad of [null, 5, 'string', {}, () => 0, { type: 'string' }, /x/]) {
    for (const key of ['args', 'result']) {
      t.throws(define({ sayhi: { [key]: bad } }), {
        code: 'ERR_RPCUDP_CONTRACT',
        procedure: 'sayhi',
        message: new RegExp(
          `^The contract of "sayhi" has a bad '${key}': it must be a Standard Schema, such as`,
        ),
      });
    }
  }
  const { validate } = schema['~standard'];
  for (const standard of [null, 5, {}, { version: 2, validate }, { version: 1, validate: 5 }]) {
    t.throws(define({ sayhi: { args: { '~standard': standard } } }), {
      message:
        `The contract of "sayhi" has a bad 'args': it must follow version 1 of the Standard ` +
        `Schema in its '~standard', but is an object`,
    });
  }
});

t.test('a schema that cannot be inspected is refused by name', async (t) => {
  const mine = new Error('mine');
  const args = {
    get '~standard'(): never {
      throw mine;
    },
  };
  t.throws(define({ sayhi: { args } }), {
    code: 'ERR_RPCUDP_CONTRACT',
    message: `The contract of "sayhi" has a bad 'args': reading it threw`,
    cause: mine,
  });
});

t.test('numbers out of bounds are refused, with their bounds', async (t) => {
  for (const [key, most] of [
    ['timeoutMs', 2 ** 31 - 1],
    ['maxBytes', 8_192],
  ] as const) {
    for (const value of [1, most]) t.doesNotThrow(define({ sayhi: { [key]: value } }));
    for (const value of [0, -1, 1.5, NaN, Infinity, most + 1, '5', 5n, null, {}, [5], true]) {
      t.throws(define({ sayhi: { [key]: value } }), {
        code: 'ERR_RPCUDP_CONTRACT',
        procedure: 'sayhi',
        message: new RegExp(`has a bad '${key}': it must be an integer from 1 to ${most}, but is `),
      });
    }
  }
  t.throws(define({ sayhi: { maxBytes: 9_000 } }), {
    message: `The contract of "sayhi" has a bad 'maxBytes': it must be an integer from 1 to 8192, but is 9000`,
  });
});

t.test('idempotent must be a boolean', async (t) => {
  for (const value of [true, false]) t.doesNotThrow(define({ sayhi: { idempotent: value } }));
  for (const value of [1, 'true', null]) {
    t.throws(define({ sayhi: { idempotent: value } }), {
      message: /^The contract of "sayhi" has a bad 'idempotent': it must be true or false, but is /,
    });
  }
});

t.test('unknown keys are refused, even if they are undefined', async (t) => {
  for (const key of ['timeout', 'arguments', 'constructor', '__proto__', 'Args']) {
    t.throws(define({ sayhi: {}, count: Object.fromEntries([[key, undefined]]) }), {
      procedure: 'count',
      message:
        `The contract of "count" has the unknown key '${key}'; the keys are ` +
        'args, result, idempotent, timeoutMs, maxBytes, description',
    });
  }
});

t.test('a value that is not a contract is refused', async (t) => {
  for (const value of [
    null,
    undefined,
    5,
    'text',
    [],
    new Map(),
    () => 0,
    new Date(),
    { __proto__: { a: {} } },
  ]) {
    t.throws(define(value), {
      message: 'The contract must be a plain object of procedures by name',
    });
  }
  t.doesNotThrow(define(Object.create(null)));
  for (const value of [null, undefined, 5, 'text', []]) {
    t.throws(define({ sayhi: value }), {
      message: /^The contract of "sayhi" must be an object, but is /,
    });
  }
  t.throws(define({ sayhi: z.string() }), { procedure: 'sayhi', message: /has the unknown key '/ });
  t.throws(define({ '': {} }), {
    message: 'The contract of "" has no name; a procedure needs a name',
  });
});

t.test('handlers must be those of the contract, all of them and no others', async (t) => {
  const contract = defineContract({ sayhi: {}, count: {} });
  t.doesNotThrow(() => {
    contract.requireHandlers(['count', 'sayhi']);
  });
  t.throws(() => contract.requireHandlers(['sayhi']), {
    code: 'ERR_RPCUDP_CONTRACT',
    procedure: 'count',
    message: 'The contract of "count" is not served by any handler',
  });
  t.throws(() => contract.requireHandlers(['sayhi', 'cuont', 'count']), {
    procedure: 'cuont',
    message: 'The contract of "cuont" does not exist, but there is a handler with that name',
  });
});
