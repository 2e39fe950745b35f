import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import t from 'tap';
import { instrument } from './instrument.js';
import type { SourceFunction } from './instrument.js';

function instrumented(text: string): { code: string; functions: readonly SourceFunction[] } {
  const functions: SourceFunction[] = [];
  const code = instrument(text, 'a.ts', 'entered', (entered) => functions.push(entered) - 1);
  return { code, functions };
}

/** The names of the functions that are entered when the text runs. */
function namesEntered(text: string): string[] {
  const { code, functions } = instrumented(text);
  const names: string[] = [];
  const entered = (index: number): unknown => names.push(functions[index]!.name);
  runInNewContext(transformSync(code, { loader: 'ts', target: 'es2023' }).code, { entered });
  return names;
}

t.test('every kind of function reports that it is entered, by its name', async (t) => {
  for (const { text, names } of [
    { text: 'function f() {} f();', names: ['f'] },
    { text: 'const f = (): void => {}; f();', names: ['f'] },
    { text: 'const f = (a: number): unknown => ({ a }); f(1);', names: ['f'] },
    { text: 'const f = function () {}; f();', names: ['f'] },
    { text: 'const clock = { nowMs: () => 1 }; clock.nowMs();', names: ['clock.nowMs'] },
    { text: 'const a = { get b() { return 1; } }; a.b;', names: ['get a.b'] },
    { text: 'class A { m(): void {} } new A().m();', names: ['A.m'] },
    { text: 'class A { #m() {} m() { this.#m(); } } new A().m();', names: ['A.m', 'A.#m'] },
    { text: 'class A { static m() {} } A.m();', names: ['A.m'] },
    { text: 'class A { readonly m = () => 1; } new A().m();', names: ['A.m'] },
    { text: 'class A { get b() { return 1; } } new A().b;', names: ['get A.b'] },
    { text: 'class A { set b(b: number) {} } new A().b = 1;', names: ['set A.b'] },
    { text: 'class A { static { f(); } } function f() {}', names: ['static A', 'f'] },
    { text: 'class A { [Symbol.iterator]() {} } new A()[Symbol.iterator]();' },
  ]) {
    t.strictSame(namesEntered(text), names ?? ['A.[Symbol.iterator]'], text);
  }
});

t.test('a function without a name is named after what it is in', async (t) => {
  for (const { text, names } of [
    { text: '(() => 1)();', names: ['(anonymous)'] },
    { text: 'function f() { [1].map((n) => n); } f();', names: ['f', '(anonymous) in f'] },
    { text: 'const f = (a: number) => (b: number) => a + b; f(1)(2);' },
    { text: 'const a = { f: [() => 1] }; a.f[0]();', names: ['(anonymous) in a.f'] },
  ]) {
    t.strictSame(namesEntered(text), names ?? ['f', '(anonymous) in f'], text);
  }
});

t.test('the constructor of a derived class is entered before that of its base', async (t) => {
  const text = `
    class A { constructor() { f(); } }
    class B extends A { readonly b = f(); constructor() { super(); } }
    function f() {}
    new B();`;
  t.strictSame(namesEntered(text), ['new B', 'new A', 'f', 'f']);
});

t.test('a generator is entered once, when its first value is wanted', async (t) => {
  const text = `
    function* g() { yield 1; yield 2; }
    function f() {}
    const values = g(); f(); [...values];`;
  t.strictSame(namesEntered(text), ['f', 'g']);
});

t.test('an async function is entered once, however often it awaits', async (t) => {
  t.strictSame(namesEntered('async function f() { await 1; await 2; } f();'), ['f']);
});

t.test('declarations without a body are left alone, and lines stay the same', async (t) => {
  const text = `
    interface A { m(): void }
    type F = () => void;
    function f(): void;
    function f(a?: number): void {}
    abstract class B { abstract m(): void }`;
  const { code, functions } = instrumented(text);
  t.strictSame(functions, [{ file: 'a.ts', name: 'f', line: 5 }]);
  t.equal(code, text.replace('{}', '{entered(0);}'));
});
