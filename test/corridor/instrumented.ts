/** Instrumented: the library with every function of `src` instrumented, bundled in memory. */
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type * as Library from '../../src/index.js';
import type { Platform } from '../../src/time/platform.js';
import { instrument } from './instrument.js';
import type { SourceFunction } from './instrument.js';

/** The function that all functions call when they are entered. */
const HOOK = 'functionEntered';

/** The hook itself, and a function to set its listener. */
const PREAMBLE = `let ${HOOK} = () => {};
export function onEntered(listener) { ${HOOK} = listener; }`;

const EXPORTS = `export * from './index.js'; export { platform } from './time/platform.js'`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = resolve(ROOT, 'src');

/**
 * `rpcudp`, what it took of Node.js, and a way to listen to the functions that are entered. One
 * listener gets their numbers.
 */
type Module = typeof Library & {
  readonly platform: Platform;
  onEntered(listener: (index: number) => void): void;
};

export interface InstrumentedLibrary {
  readonly library: Module;
  /** By number. */
  readonly functions: readonly SourceFunction[];
}

/**
 * Loads the instrumented library. Its modules are separate from those of the library itself.
 * Packages are bundled unchanged.
 */
export async function loadInstrumented(): Promise<InstrumentedLibrary> {
  const functions: SourceFunction[] = [];
  const { outputFiles } = await build({
    stdin: { contents: EXPORTS, resolveDir: SOURCES, loader: 'ts' },
    tsconfig: resolve(ROOT, 'tsconfig.json'),
    banner: { js: PREAMBLE },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [
      {
        name: 'instrument',
        setup: (plugin) => {
          plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const file = relative(SOURCES, path).split(sep).join('/');
            if (file.startsWith('../')) return undefined;
            const text = await readFile(path, 'utf8');
            const add = (entered: SourceFunction): number => functions.push(entered) - 1;
            return { contents: instrument(text, file, HOOK, add), loader: 'ts' };
          });
        },
      },
    ],
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild gave no bundle');
  const url = `data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`;
  return { library: (await import(url)) as Module, functions };
}
