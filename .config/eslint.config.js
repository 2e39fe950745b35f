import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const only = (selector, message) => ({ selector, message });

export default defineConfig(
  globalIgnores(['dist/', '.tap/', '.venv/', '.bench/', '.docs/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['{src,test,demos}/**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        only('ExportDefaultDeclaration', 'Export by name: a default has no name to search for.'),
        only('ExportAllDeclaration', 'Export names one by one, so that the surface can be read.'),
        only('TSEnumDeclaration', 'Use a union of literals: an enum is not erasable.'),
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A `#field` is the house's privacy; `private` beside it would be a second way.
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      // Numbers print the same in a template as with String(); messages here are full of them.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => socket.close()` says "do this" without a value; braces add nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It asks for `!`, which the strict set forbids in src: `as T` beside the reason it holds is ours.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A leading underscore says "the position is needed, the value is not".
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // `noPropertyAccessFromIndexSignature` in tsconfig asks for the opposite of this rule.
      '@typescript-eslint/dot-notation': 'off',
      // XState's setup() takes its types as `{} as Context`, and a type alias there is not an interface.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    // The library is silent; only the command talks.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `t.test()` returns a promise that tap itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafePromises: [
            { from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' },
          ],
        },
      ],
      // A test body is async so that tap waits for it, with or without an await inside.
      '@typescript-eslint/require-await': 'off',
      // After `t.ok(x)` has failed the test, a wrong `!` can only fail it again.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
