/**
 * Programs that are bundled into one file: every entry of the package loads from any folder, and
 * says what it needs beside it only when it is asked for that.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import t from 'tap';

const PROGRAM = `
  import { createEndpoint } from './dist/index.js';
  import { joinCluster } from './dist/cluster/index.js';
  import { feedInspector, serveInspector } from './dist/inspector/index.js';
  import { SimulatedClock } from './dist/testing/index.js';

  async function main() {
    const endpoint = await createEndpoint({ host: '127.0.0.1' });
    const inspector = await serveInspector();
    const page = await (await fetch(inspector.url)).text();
    const kinds = [joinCluster, feedInspector, SimulatedClock].map((value) => typeof value);
    console.log(JSON.stringify({ kinds, page: page.trim() }));
    await Promise.all([inspector.close(), endpoint.close()]);
  }
  main();
`;

/** Packages of CommonJS in a bundle of modules ask for `require`. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

for (const [format, name, banner] of [
  ['cjs', 'program.cjs', ''],
  ['esm', 'program.mjs', REQUIRE],
] as const) {
  t.test(`a bundle runs in any folder (${format})`, async (t) => {
    // Not below this repository, whose files it would find.
    const folder = mkdtempSync(join(tmpdir(), 'rpcudp-bundled-'));
    t.teardown(() => {
      rmSync(folder, { recursive: true });
    });
    const outfile = join(folder, name);
    await build({
      stdin: { contents: PROGRAM, resolveDir: process.cwd() },
      ...{ bundle: true, platform: 'node', target: 'node20', format, outfile },
      ...{ banner: { js: banner }, logLevel: 'error' },
      logOverride: { 'empty-import-meta': 'silent' },
    });
    const printed = execFileSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8' });
    const { kinds, page } = JSON.parse(printed) as { kinds: string[]; page: string };
    t.strictSame(kinds, ['function', 'function', 'function']);
    t.match(page, /^The files of the page are not beside this program\. If it is bundled, keep/);
  });
}
