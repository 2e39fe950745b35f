import type { ExtData } from '@msgpack/msgpack';
import t from 'tap';
import type { Received } from '../../src/wire/received.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

interface User {
  readonly name: string;
  age?: number;
  avatar: Buffer | undefined;
  tags: readonly ('a' | 'b')[];
}

/** Each line is a test that the compiler runs. */
export type Checks = [
  Expect<Equal<Received<void>, null>>,
  Expect<Equal<Received<undefined>, null>>,
  Expect<Equal<Received<null>, null>>,
  Expect<Equal<Received<string | undefined>, string | null>>,
  Expect<Equal<Received<boolean>, boolean>>,
  Expect<Equal<Received<'a' | 1>, 'a' | 1>>,
  Expect<Equal<Received<bigint>, number | bigint>>,
  Expect<Equal<Received<Buffer>, Uint8Array>>,
  Expect<Equal<Received<Uint8Array>, Uint8Array>>,
  Expect<Equal<Received<Date>, Date>>,
  Expect<Equal<Received<ExtData>, ExtData>>,
  Expect<Equal<Received<unknown>, unknown>>,
  Expect<Equal<Received<never>, never>>,
  Expect<Equal<Received<readonly string[]>, string[]>>,
  Expect<Equal<Received<readonly [bigint, Date?]>, [number | bigint, (Date | null)?]>>,
  Expect<Equal<Received<(number | undefined)[]>, (number | null)[]>>,
  Expect<
    Equal<Received<User>, { name: string; tags: ('a' | 'b')[]; age?: number; avatar?: Uint8Array }>
  >,
  Expect<Equal<Received<Record<string, bigint>>, Record<string, number | bigint>>>,
  Expect<Equal<Received<{ a: { b: Buffer[] } }>, { a: { b: Uint8Array[] } }>>,
  Expect<Equal<Received<{ a: unknown }>, { a: unknown }>>,
  Expect<Equal<Received<() => void>, never>>,
  Expect<Equal<Received<symbol>, never>>,
  Expect<Equal<Received<Map<string, number>>, never>>,
  Expect<Equal<Received<ReadonlySet<number>>, never>>,
  Expect<Equal<Received<Error>, never>>,
  Expect<Equal<Received<RegExp>, never>>,
  Expect<Equal<Received<Promise<number>>, never>>,
  Expect<Equal<Received<Float64Array>, never>>,
  Expect<Equal<Received<string | Map<string, number>>, string>>,
];

t.test('a received type is checked where it is used', async (t) => {
  const user: Received<User> = { name: 'Ada', tags: ['a'] };
  // @ts-expect-error: a tag that the sender's type does not have
  user.tags.push('c');
  // @ts-expect-error: a property that may be missing is not a number
  const age: number = user.age;
  t.equal(age, undefined);
});
