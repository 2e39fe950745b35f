// Removes stale outputs before each build. The compiler never deletes an output, and its build
// state does not notice when an output is missing. So an output without a source is removed. If a
// source has no output, the build state is removed too, and everything is compiled again.
import { existsSync, readdirSync, rmSync } from 'node:fs';

// The inspector's page is bundled, not compiled, so its outputs have no sources with their names.
const isPage = (file) => file.startsWith('inspector/page/');
const list = (root) =>
  existsSync(root) ? readdirSync(root, { recursive: true }).filter((file) => !isPage(file)) : [];
const outputs = list('dist').filter((file) => /\.(js|d\.ts)(\.map)?$/.test(file));
const sources = list('src').filter((file) => file.endsWith('.ts'));

for (const file of outputs) {
  const source = file.replace(/\.(js|d\.ts)(\.map)?$/, '.ts');
  if (!existsSync(`src/${source}`)) rmSync(`dist/${file}`);
}
if (sources.some((file) => !existsSync(`dist/${file.replace(/\.ts$/, '.js')}`))) {
  rmSync('dist/._tsbuildinfo', { force: true });
}
