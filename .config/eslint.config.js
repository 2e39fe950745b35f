/** The linter's rules: what the compiler and Prettier do not watch. */
import stylistic from '@stylistic/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const only = (selector, message) => ({ selector, message });

export default defineConfig(
  globalIgnores(['dist/', '.tap/', '.venv/', '.venv-twisted/', '.bench/', '.runtimes/', '.docs/']),
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
      // Private members are `#fields` here. The keyword `private` would be a second way to say the
      // same.
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      // Numbers in a template print the same as with String(), and messages here contain many.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => socket.close()` means "do this" and its value is not used; braces would add nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // This rule asks for `!`, which the strict set forbids in src. Here `as T` is used, with a
      // reason.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A leading underscore marks a parameter that is needed for its position only.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // `noPropertyAccessFromIndexSignature` in tsconfig requires the opposite of this rule.
      '@typescript-eslint/dot-notation': 'off',
      // XState's setup() takes its types as `{} as Context`, where a type alias and an interface
      // differ.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    // The library prints nothing. Only the command prints.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // tap itself awaits the promise of `t.test()`.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafePromises: [
            { from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' },
          ],
        },
      ],
      // A test body is async so that tap waits for it, even when it awaits nothing.
      '@typescript-eslint/require-await': 'off',
      // When `t.ok(x)` has failed, the test has failed already, so a wrong `!` does no harm.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
