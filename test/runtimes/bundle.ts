/** Bundle: makes one file of the program, in JavaScript. It uses the package as it is built, in `dist`. */
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** `outfile` must lie in this repository, so that packages are found. */
export async function bundleProgram(outfile: string): Promise<void> {
  await build({
    entryPoints: ['test/runtimes/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'es2023',
    format: 'esm',
    packages: 'external',
    plugins: [builtPackage],
    logLevel: 'warning',
  });
}

const builtPackage: Plugin = {
  name: 'built package',
  setup(bundling) {
    bundling.onResolve({ filter: /\/src\/.*\.js$/ }, ({ path, resolveDir }) => {
      const built = resolve('dist', relative('src', resolve(resolveDir, path)));
      return { path: pathToFileURL(built).href, external: true };
    });
  },
};
