// The compiler never deletes, and its build state never looks whether an output is still there.
// So before each build: an output without a source goes, and if a source lacks its output, the
// build state goes too and everything is compiled again.
import { existsSync, readdirSync, rmSync } from 'node:fs';

// The inspector's page is bundled, not compiled: its outputs have no source of their own.
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
