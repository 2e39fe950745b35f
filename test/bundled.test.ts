/**
 * Programs that are bundled into one file, by each of the bundlers: every entry of the package
 * loads from any folder, and says what it needs beside it only when it is asked for that.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build } from 'esbuild';
import { rollup, type Plugin } from 'rollup';
import t from 'tap';
import webpack from 'webpack';

t.setTimeout(600_000);

type Format = 'esm' | 'cjs';
type Bundle = (entry: string, format: Format, outfile: string) => Promise<void>;

/** A program for each entry: what it imports, and what it prints. */
const PROGRAMS: Readonly<Record<string, readonly [run: string, printed: RegExp]>> = {
  '.': [
    `const { createEndpoint } = entry;
     const endpoint = await createEndpoint({ host: '127.0.0.1', handlers: { ping: () => 'pong' } });
     console.log(await endpoint.peer(endpoint.address).call('ping').value());
     await endpoint.close();`,
    /^pong\n$/,
  ],
  './cluster': [
    `await entry.joinCluster().catch((error) => console.log(error.message));`,
    /^This process is not a worker/,
  ],
  './inspector': [
    `const inspector = await entry.serveInspector();
     console.log(await (await fetch(inspector.url)).text());
     await inspector.close();`,
    // webpack writes the address of the module into the bundle: here, its files are still there.
    /^The files of the page are not beside this program\. If it is bundled, keep|<title>rpcudp/,
  ],
  './metrics': [
    `await entry.openTelemetry({}, { tracer: { startSpan() {} } }).catch(({ name }) => console.log(name));`,
    /^OptionError\n$/,
  ],
  './testing': [`console.log(new entry.SimulatedClock().nowMs());`, /^0\n$/],
};

/** Packages of CommonJS in a bundle of modules ask for `require`. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const BUNDLERS: Readonly<Record<string, Bundle>> = {
  esbuild: async (entry, format, outfile) => {
    await build({
      ...{ entryPoints: [entry], outfile, format, bundle: true, logLevel: 'error' },
      ...{ platform: 'node', target: 'node20', banner: format === 'esm' ? { js: REQUIRE } : {} },
      logOverride: { 'empty-import-meta': 'silent' },
    });
  },
  rollup: async (entry, format, file) => {
    // Their types say CommonJS, but what is loaded is a module.
    const [fromCommonjs, fromJson] = [commonjs, json] as unknown as (() => Plugin)[];
    const plugins = [nodeResolve({ preferBuiltins: true }), fromCommonjs?.(), fromJson?.()];
    const bundle = await rollup({ input: entry, plugins, external: /^node:/, onwarn: () => null });
    await bundle.write({ file, format, inlineDynamicImports: true });
    await bundle.close();
  },
  webpack: async (entry, format, outfile) => {
    const [path, filename] = [join(outfile, '..'), outfile.slice(join(outfile, '..').length + 1)];
    const compiler = webpack({
      ...{ entry, mode: 'production', target: 'node20' },
      output: {
        ...{
          path,
          filename,
          module: format === 'esm',
          chunkFormat: format === 'esm' ? 'module' : 'commonjs',
        },
        library: { type: format === 'esm' ? 'module' : 'commonjs2' },
      },
      experiments: { outputModule: format === 'esm' },
      // Optional accelerators of ws.
      externals: { bufferutil: 'commonjs bufferutil', 'utf-8-validate': 'commonjs utf-8-validate' },
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    if (stats?.hasErrors() !== false) throw new Error(stats?.toString('errors-only'));
  },
};

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const format of ['esm', 'cjs'] as const) {
    t.test(`${name} bundles every entry, and it runs in any folder (${format})`, async (t) => {
      // Not below this repository, whose files it would find.
      const folder = mkdtempSync(join(tmpdir(), 'rpcudp-bundled-'));
      t.teardown(() => {
        rmSync(folder, { recursive: true });
      });
      const sources = t.testdir();
      for (const [index, [entry, [run, printed]]] of Object.entries(PROGRAMS).entries()) {
        const source = join(sources, `${index}.mjs`);
        const specifier = `rpcudp${entry.slice(1)}`;
        writeFileSync(
          source,
          `import * as entry from '${specifier}';\nvoid (async () => {\n${run}\n})();\n`,
        );
        const outfile = join(folder, `${index}.${format === 'esm' ? 'mjs' : 'cjs'}`);
        await bundle(source, format, outfile);
        const options = { cwd: folder, encoding: 'utf8' } as const;
        t.match(execFileSync(process.execPath, [outfile], options), printed, specifier);
      }
    });
  }
}

t.test('require() loads every entry', async (t) => {
  const sources = t.testdir({
    'main.cjs': `const { createEndpoint } = require('rpcudp');
      const { joinCluster } = require('rpcudp/cluster');
      const { serveInspector } = require('rpcudp/inspector');
      const { prometheus } = require('rpcudp/metrics');
      const { SimulatedClock } = require('rpcudp/testing');
      const all = [createEndpoint, joinCluster, serveInspector, prometheus, SimulatedClock];
      console.log(all.map((it) => typeof it).join());`,
  });
  const printed = execFileSync(process.execPath, [join(sources, 'main.cjs')], { encoding: 'utf8' });
  t.equal(printed, 'function,function,function,function,function\n');
});
