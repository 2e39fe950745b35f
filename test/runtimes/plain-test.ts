/** Plain test: what contracts ask of a test, without a test runner. It prints a line for each check. */
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Checks, ClassOf, ExpectedError, What } from '../fixtures/checks.js';

/** Counts and prints what is checked, as TAP has it, without nesting. */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get total(): number {
    return this.passed + this.failed + this.skipped;
  }

  note(isRight: boolean, what: string, details: () => string): boolean {
    if (isRight) this.passed += 1;
    else this.failed += 1;
    this.#print(`${isRight ? 'ok' : 'not ok'} ${this.total} - ${what}`);
    if (!isRight) this.#print(details().replace(/^/gm, '  '));
    return isRight;
  }

  skip(what: string, why: string): void {
    this.skipped += 1;
    this.#print(`ok ${this.total} - ${what} # SKIP ${why}`);
  }

  /** Whether all was right. Prints the counts as tap does. */
  end(): boolean {
    const { total, passed: pass, failed: fail, skipped: skip } = this;
    this.#print(`1..${total}`);
    const counts = Object.entries({ total, pass, fail, skip }).filter(([, count]) => count > 0);
    this.#print(`# { ${counts.map(([name, count]) => `${name}: ${count}`).join(', ')} }`);
    return total > 0 && fail === 0;
  }
}

export class PlainTest implements Checks {
  readonly #name: string;
  readonly #tally: Tally;
  readonly #teardowns: (() => unknown)[] = [];
  #tests: Promise<void> = Promise.resolve();

  constructor(name: string, tally: Tally) {
    this.#name = name;
    this.#tally = tally;
  }

  test(name: string, body: (t: Checks) => unknown): unknown {
    const inner = new PlainTest(this.#name === '' ? name : `${this.#name}: ${name}`, this.#tally);
    this.#tests = this.#tests.then(() => inner.run(body));
    return this.#tests;
  }

  skip(name: string, why: string): void {
    this.#tally.skip(name, why);
  }

  /** Runs the body and the tests that it makes. Never rejects: what is thrown is a failed check. */
  async run(body: (t: PlainTest) => unknown): Promise<void> {
    try {
      await body(this);
      await this.#tests;
    } catch (error) {
      this.#note(false, ['ended by an error'], error, undefined);
    }
    for (const end of this.#teardowns.reverse()) await end();
  }

  teardown(end: () => unknown): void {
    this.#teardowns.push(end);
  }

  ok(value: unknown, ...what: What): boolean {
    return this.#note(Boolean(value), what, value, true);
  }

  equal(found: unknown, wanted: unknown, ...what: What): boolean {
    return this.#note(Object.is(found, wanted), what, found, wanted);
  }

  not(found: unknown, unwanted: unknown, ...what: What): boolean {
    return this.#note(!Object.is(found, unwanted), what, found, `not ${inspect(unwanted)}`);
  }

  strictSame(found: unknown, wanted: unknown, ...what: What): boolean {
    return this.#note(isDeepStrictEqual(found, wanted), what, found, wanted);
  }

  match(found: unknown, pattern: unknown, ...what: What): boolean {
    return this.#note(matches(found, pattern), what, found, pattern);
  }

  type(found: unknown, wanted: string | ClassOf<unknown>, ...what: What): boolean {
    return this.#note(isOfType(found, wanted), what, found, wanted);
  }

  throws(run: () => unknown, wanted: ExpectedError): boolean {
    try {
      const value = run();
      return this.#note(false, ['should throw'], value, wanted);
    } catch (error) {
      return this.#note(matches(error, wanted), ['throws'], error, wanted);
    }
  }

  async rejects(promise: Promise<unknown>, wanted: ExpectedError): Promise<boolean> {
    try {
      const value = await promise;
      return this.#note(false, ['should reject'], value, wanted);
    } catch (error) {
      return this.#note(matches(error, wanted), ['rejects'], error, wanted);
    }
  }

  #note(isRight: boolean, [what]: What, found: unknown, wanted: unknown): boolean {
    const name = what === undefined ? this.#name : `${this.#name}: ${what}`;
    return this.#tally.note(
      isRight,
      name,
      () => `found: ${inspect(found)}\nwanted: ${inspect(wanted)}`,
    );
  }
}

/** Whether `found` has what the pattern names, as `t.match` of tap has it. */
export function matches(found: unknown, pattern: unknown): boolean {
  if (pattern instanceof RegExp) return pattern.test(String(found));
  if (typeof pattern === 'function') return isOfType(found, pattern as ClassOf<unknown>);
  const isPlain = typeof pattern === 'object' && pattern !== null && !ArrayBuffer.isView(pattern);
  if (!isPlain) return isDeepStrictEqual(found, pattern);
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(pattern).every(([key, wanted]) =>
    matches((found as Readonly<Record<string, unknown>>)[key], wanted),
  );
}

function isOfType(found: unknown, wanted: string | ClassOf<unknown>): boolean {
  if (typeof wanted === 'string') return typeof found === wanted;
  if (wanted === Object || found instanceof wanted) return found instanceof wanted;
  // `String` and `Number` mean the primitive.
  return typeof found === wanted.name.toLowerCase();
}
