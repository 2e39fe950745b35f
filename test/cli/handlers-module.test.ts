import { join } from 'node:path';
import t from 'tap';
import { loadServed } from '../../src/cli/handlers-module.js';

t.test('a module is found from the current folder, in both module systems', async (t) => {
  const cwd = t.testdir({
    sub: { 'esm.mjs': 'export const handlers = { a: () => 1 };' },
    'common.cjs': 'module.exports = { handlers: { a: () => 1, b: () => 2 } };',
  });
  t.same(Object.keys((await loadServed('sub/esm.mjs', cwd)).handlers), ['a']);
  t.same(Object.keys((await loadServed(join(cwd, 'sub/esm.mjs'), '/')).handlers), ['a']);
  t.same(Object.keys((await loadServed('./common.cjs', cwd)).handlers), ['a', 'b']);
});

t.test('a module that cannot be used is refused in one sentence', async (t) => {
  const cwd = t.testdir({
    'nothing.mjs': '',
    'other.mjs': 'export const handler = {}; export default 1;',
    'number.mjs': 'export const handlers = 5;',
    'null.mjs': 'export const handlers = null;',
    'class.mjs': 'export const handlers = new (class { rpc_a() {} })();',
    'throws.mjs': '\n\nthrow new Error("no\\u001bgood");',
    'imports.mjs': 'import "./missing.mjs";',
  });
  const table: readonly (readonly [path: string, message: string | RegExp])[] = [
    ['missing.mjs', `There is no module ${cwd}/missing.mjs`],
    ['.', `${cwd} is not a file; give a module file`],
    ['nothing.mjs', `${cwd}/nothing.mjs exports no "handlers"; it exports nothing`],
    ['other.mjs', `${cwd}/other.mjs exports no "handlers"; it exports "default", "handler"`],
    ['number.mjs', `The "handlers" of ${cwd}/number.mjs are a number, not an object`],
    ['null.mjs', `The "handlers" of ${cwd}/null.mjs are null, not an object`],
    ['class.mjs', /class\.mjs have no own properties; .* export handlersOf\(instance\)$/],
    ['throws.mjs', `Cannot load ${cwd}/throws.mjs: no\\u{1b}good (line 3)`],
    ['imports.mjs', /^Cannot load .*imports\.mjs: Cannot find module .*missing\.mjs.*$/],
  ];
  for (const [path, message] of table) {
    await t.rejects(loadServed(path, cwd), { name: 'ArgumentError', message }, path);
  }
});

t.test('errors of loading that come from the runtime become a sentence too', async (t) => {
  const cwd = t.testdir({ 'a.ts': '', 'b.mjs': '' });
  const unknown = Object.assign(new TypeError('Unknown'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' });
  await t.rejects(
    loadServed('a.ts', cwd, () => Promise.reject(unknown)),
    { message: /a\.ts: Node\.js v\S+ does not load \.ts files; compile it to JavaScript, or/ },
  );
  const syntax = new SyntaxError("Unexpected token ';'");
  await t.rejects(
    loadServed('b.mjs', cwd, () => Promise.reject(syntax)),
    { message: /b\.mjs: Unexpected token ';'; node --check shows where$/ },
  );
});
