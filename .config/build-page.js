// Bundles the inspector's page into static files, which lie beside the server that serves them.
import { build } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const SOURCE = 'src/inspector/page';
const OUTPUT = 'dist/inspector/page';

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
const { metafile } = await build({
  entryPoints: { page: `${SOURCE}/main.tsx` },
  outdir: OUTPUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  chunkNames: 'part-[hash]',
  metafile: true,
  logLevel: 'warning',
});
await build({
  entryPoints: { page: `${SOURCE}/styles/page.css` },
  outdir: OUTPUT,
  bundle: true,
  minify: true,
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg'])
  copyFileSync(`${SOURCE}/${file}`, `${OUTPUT}/${file}`);
writeFileSync(`${OUTPUT}/licenses.txt`, licenses());

/**
 * The licences of the packages in the bundle. Most of them must be delivered together with the
 * code.
 */
function licenses() {
  const folders = new Set();
  for (const file of Object.keys(metafile.inputs)) {
    const [, folder] = /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].sort().map(licenseOf).join('\n');
}

function licenseOf(folder) {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']
    .map((one) => `${folder}/${one}`)
    .find(existsSync);
  if (file === undefined) throw new Error(`The package ${name} has no licence file`);
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
