/** Schemas that do what they must not do. */
import { encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import * as v from 'valibot';
import { z } from 'zod';
import { Checker } from '../../src/contract/checker.js';
import { SchemaError } from '../../src/contract/schema-error.js';
import type { Issue, Issues } from '../../src/contract/issue.js';
import type { StandardSchema } from '../../src/contract/standard-schema.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { TEST_ID } from '../fixtures/msgpack-values.js';
import { schemaGiving, schemaOf } from '../fixtures/schemas.js';

function read(schema: StandardSchema, value: unknown = 5) {
  return new Checker('sayhi', 'args', schema['~standard']).read(value);
}

function faultOf(schema: StandardSchema): SchemaError {
  const { issues } = read(schema);
  t.equal(issues?.length, 1);
  const fault = issues?.fault;
  if (!(fault instanceof SchemaError)) throw new Error('there is no fault');
  t.match(issues, [{ path: 'args', message: fault.problem.slice(0, 200) }]);
  return fault;
}

t.test('a schema that throws gives an issue, and its fault has the thrown error', async (t) => {
  const boom = new Error('boom');
  const thrower = (thrown: unknown) =>
    schemaOf(() => {
      throw thrown;
    });
  t.match(faultOf(thrower(boom)), {
    code: 'ERR_RPCUDP_SCHEMA',
    procedure: 'sayhi',
    part: 'args',
    message: 'The schema of the args of "sayhi" failed: the schema threw: boom',
    cause: boom,
  });
  t.equal(faultOf(thrower(undefined)).problem, 'the schema threw: undefined');
  const unspeakable = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw boom;
      },
    },
  );
  t.equal(
    faultOf(thrower(unspeakable)).problem,
    'the schema threw: something that cannot be shown',
  );
  t.equal(
    faultOf(thrower(Object.create(null))).problem,
    'the schema threw: something that cannot be shown',
  );
});

t.test('an asynchronous schema gives an issue, and its rejection is handled', async (t) => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listener);
  t.teardown(() => process.off('unhandledRejection', listener));

  const later = v.pipeAsync(
    v.string(),
    v.checkAsync(() => Promise.reject(new Error('late'))),
  );
  const { issues } = read(later, 'text');
  t.match(issues?.fault?.problem, /^the schema gave a promise, but a contract takes only synch/);
  for (const promise of [
    Promise.reject(new Error('late')),
    Promise.resolve({ value: 5 }),
    {
      then: (_resolve: unknown, reject: (error: Error) => void) => {
        reject(new Error('late'));
      },
    },
    {
      then: () => {
        throw new Error('late');
      },
    },
  ]) {
    t.match(faultOf(schemaGiving(promise)).problem, /gave a promise/);
  }
  // zod returns a promise when a transform throws, and the promise rejects with the thrown error.
  const throwing = z.number().transform(() => {
    throw new Error('late');
  });
  t.match(faultOf(throwing).problem, /gave a promise.* refinement throws\)$/);

  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(unhandled, []);
});

t.test('a result that is neither a value nor issues gives an issue', async (t) => {
  for (const result of [undefined, null, 5, 'value', true, {}, [], () => ({ value: 1 })]) {
    t.equal(faultOf(schemaGiving(result)).problem, 'the schema gave neither a value nor issues');
  }
  for (const issues of [null, 'bad', {}, 5, { length: 1, 0: { message: 'x' } }, new Set()]) {
    const given = { value: 5, issues };
    t.equal(faultOf(schemaGiving(given)).problem, 'the schema gave issues that are not an array');
  }
});

t.test('a value is accepted only when there are no issues', async (t) => {
  t.strictSame(read(schemaGiving({ value: undefined })), { value: undefined });
  t.strictSame(read(schemaGiving({ value: 7, issues: undefined })), { value: 7 });
  t.strictSame(read(schemaGiving({ value: 7, issues: [] })), {
    issues: [{ path: 'args', message: 'the schema refused it and gave no reason' }],
  });
});

t.test('validate is called as a method, with the value as its only argument', async (t) => {
  const standard = {
    version: 1 as const,
    vendor: 'by hand',
    validate(this: unknown, ...given: unknown[]) {
      return { value: [this === standard, ...given] };
    },
  };
  t.strictSame(read({ '~standard': standard }), { value: [true, 5] });
});

t.test('issues of any shape are read', async (t) => {
  const issuesOf = (...issues: unknown[]): Issues | undefined =>
    read(schemaGiving({ issues })).issues;
  const NO_REASON = 'the schema refused it and gave no reason';
  t.strictSame(issuesOf({ message: 'bad' }), [{ path: 'args', message: 'bad' }]);
  t.strictSame(issuesOf({ path: ['a'] }), [{ path: 'args.a', message: NO_REASON }]);
  t.strictSame(issuesOf({ message: '' }), [{ path: 'args', message: NO_REASON }]);
  t.strictSame(issuesOf({ path: 5, message: 5 }), [{ path: 'args', message: NO_REASON }]);
  t.strictSame(issuesOf(null, undefined, 'bad', 5), [
    ...Array.from({ length: 4 }, () => ({ path: 'args', message: NO_REASON })),
  ]);
});

t.test(
  'of many long issues, 8 of 256 characters are kept, path and message together',
  async (t) => {
    const found = { path: ['user', 7], message: '語'.repeat(1_000) };
    const { issues } = read(schemaGiving({ issues: Array.from({ length: 1_000 }, () => found) }));
    const kept = {
      path: 'args.user[7]',
      message: `${'語'.repeat(256 - 'args.user[7]'.length - 1)}…`,
    };
    t.strictSame(
      issues,
      Array.from({ length: 8 }, () => kept),
    );
    t.ok(encode(issues).length < 6_400, 'they fit in an error frame beside code and message');
  },
);

t.test('an issue that throws when it is read is a fault', async (t) => {
  const issue = {
    get message(): string {
      throw new Error('mine');
    },
  };
  t.equal(faultOf(schemaGiving({ issues: [issue] })).problem, 'the schema threw: mine');
  const path = new Proxy([], {
    get: () => {
      throw new Error('mine');
    },
  });
  t.equal(faultOf(schemaGiving({ issues: [{ path }] })).problem, 'the schema threw: mine');
  const result = {
    get issues(): never {
      throw new Error('mine');
    },
  };
  t.equal(faultOf(schemaGiving(result)).problem, 'the schema threw: mine');
});

t.test('a fault is never sent: issues are plain data', async (t) => {
  const { issues } = read(schemaGiving(undefined));
  t.ok(issues?.fault);
  t.equal(JSON.stringify(issues), JSON.stringify([...(issues ?? [])]));
  const sent = decodeResponse(encodeResponse(TEST_ID, issues).toDatagram());
  t.match(sent, { value: JSON.parse(JSON.stringify(issues)) as unknown }, 'and arrive as they are');
});

t.test('whatever a schema returns is read as a value or as issues to send', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 400 }).map((text) => `${text}\ud800`);
  const key = fc.oneof(text, fc.integer(), fc.double(), text.map(Symbol), fc.anything());
  const path = fc.array(fc.oneof(key, fc.record({ key })), { maxLength: 300 });
  const issue = fc.record({ message: fc.oneof(text, fc.anything()), path }, { requiredKeys: [] });
  const issues = fc.oneof(
    fc.array(fc.oneof({ weight: 5, arbitrary: issue }, fc.anything()), { maxLength: 20 }),
    fc.anything(),
  );
  const result = fc.oneof(
    fc.record({ issues, value: fc.anything() }, { requiredKeys: [] }),
    fc.anything(),
    fc.constant(new ExtData(1, new Uint8Array())),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(result, (result) => {
        const reading = read(schemaGiving(result));
        if (reading.issues === undefined) {
          return reading.value === (result as { value: unknown }).value;
        }
        const { issues } = reading;
        encodeResponse(TEST_ID, issues);
        return issues.length >= 1 && issues.length <= 8 && issues.every(isBounded);
      }),
      { numRuns: 500 },
    );
  });
});

function isBounded({ path, message }: Issue): boolean {
  const { length } = path + message;
  return path.startsWith('args') && path.length <= 128 && message !== '' && length <= 256;
}
