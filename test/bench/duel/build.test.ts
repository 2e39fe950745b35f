import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';

const PACKAGE = {
  name: 'rpcudp',
  version: '1.0.0',
  type: 'module',
  exports: { '.': './dist/index.js', './inspector': './dist/inspector.js' },
  scripts: { build: 'node build.js' },
};

/** Writes what it was built from, and when. */
const BUILD = `
  import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
  mkdirSync('dist');
  const source = readFileSync('source.txt', 'utf8');
  const built = JSON.stringify(source + ' ' + process.hrtime.bigint());
  writeFileSync('dist/index.js', 'export const built = ' + built);
`;

/**
 * Builds and stages a commit as the benchmark does. Then asks one of its programs what it has
 * loaded.
 */
const PROGRAM = `
  import { buildOf } from '${new URL('build.ts', import.meta.url).href}';
  import { commitNamed } from '${new URL('commit.ts', import.meta.url).href}';
  import { stage } from '${new URL('stage.ts', import.meta.url).href}';
  process.on('SIGTERM', () => process.exit(143));
  const [name] = process.argv.slice(1);
  try {
    const build = name === 'this' ? '.' : await buildOf(await commitNamed(name));
    const { programs, entryPoints } = stage(name === 'this' ? 'new' : 'old', build);
    const { built } = await import(programs + '/program.js');
    console.log(JSON.stringify({ built, entryPoints: [...entryPoints] }));
  } catch (error) {
    console.log(error.message);
    process.exitCode = 1;
  }
`;

/** A project under git, of which one version after the other is committed. */
class Project {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.git('init', '--quiet');
    this.write('.gitignore', '.bench\ndist\nnode_modules\n');
    this.write('.bench/comparison/program.js', `export { built } from 'rpcudp';`);
    this.write('package.json', JSON.stringify(PACKAGE));
    this.write('package-lock.json', lock({}));
    this.write('build.js', BUILD);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  /** Commits a version. Returns the hash. */
  commit(source: string): string {
    this.write('source.txt', source);
    this.git('add', '.');
    const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    this.git(...author, 'commit', '--quiet', '-m', source);
    return this.git('rev-parse', 'HEAD').trim();
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, encoding: 'utf8' });
  }

  start(name: string) {
    const { NODE_OPTIONS, ...env } = process.env;
    const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', PROGRAM];
    return spawn(process.execPath, [...args, '--', name], { cwd: this.folder, env });
  }

  async build(name: string) {
    const child = this.start(name);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { stdout, stderr };
  }

  /** What the build says about itself. */
  async built(name: string): Promise<string> {
    const { stdout } = await this.build(name);
    return (JSON.parse(stdout) as { built: string }).built;
  }
}

function lock(dependencies: Readonly<Record<string, string>>): string {
  const { name, version } = PACKAGE;
  const links = Object.entries(dependencies).flatMap(([key, path]): [string, object][] => [
    [path, { version }],
    [`node_modules/${key}`, { resolved: path, link: true }],
  ]);
  const packages = { '': { name, version, dependencies }, ...Object.fromEntries(links) };
  return JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages });
}

t.test('the programs load the build in their own folder', async (t) => {
  const project = new Project(t.testdir());
  const old = project.commit('old');
  project.commit('new');
  project.write('dist/index.js', `export const built = 'this';`);
  const { stdout } = await project.build(old);
  t.match(JSON.parse(stdout), { built: /^old /, entryPoints: ['.', './inspector'] });
  t.match(await project.built('HEAD'), /^new /);
  t.equal(await project.built('this'), 'this');
});

t.test('a commit is built only once, whatever name is used', async (t) => {
  const project = new Project(t.testdir());
  const hash = project.commit('once');
  const first = await project.build(hash);
  t.match(first.stderr, /^Building the baseline, \S+ of \S+\n$/);
  const second = await project.build('HEAD');
  t.strictSame(second, { stdout: first.stdout, stderr: '' });
  t.ok(project.has(`.bench/baseline/${hash}/dist/index.js`));
});

t.test('a commit with other locked packages gets its own', async (t) => {
  const project = new Project(t.testdir());
  const dependencies = { other: 'file:other' };
  project.write('package.json', JSON.stringify({ ...PACKAGE, dependencies }));
  project.write('package-lock.json', lock({ other: 'other' }));
  project.write('other/package.json', '{ "name": "other", "version": "1.0.0" }');
  project.write('other/index.js', '');
  project.write('build.js', `import 'other'; ${BUILD}`);
  const hash = project.commit('with another package');
  project.write('package-lock.json', lock({}));
  t.match(await project.built(hash), /^with another package /);
  t.ok(project.has(`.bench/baseline/${hash}/node_modules/other`));
});

t.test('a failed build reports the reason, and leaves nothing behind', async (t) => {
  const project = new Project(t.testdir());
  project.write('build.js', `console.log('source.ts(1,7): error TS2322'); process.exit(2);`);
  const hash = project.commit('broken');
  const { stdout } = await project.build(hash);
  t.match(stdout, /^The baseline, \S+ of \S+, could not be built: npm run .* ended with 2\n/);
  t.match(stdout, 'source.ts(1,7): error TS2322');
  t.notOk(project.has(`.bench/baseline/${hash}`));
  t.notOk(project.has('.bench/baseline/unfinished'));
});

t.test('a name that git does not know is reported', async (t) => {
  const project = new Project(t.testdir());
  project.commit('only');
  for (const name of ['nowhere', '--all', 'HEAD:build.js']) {
    const { stdout } = await project.build(name);
    t.equal(stdout, `--baseline must name a commit, but names ${name}\n`);
  }
});

t.test('an interrupted build ends, and leaves nothing behind', async (t) => {
  const project = new Project(t.testdir());
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  project.write('build.js', `import { connect } from 'node:net'; connect(${port}, '127.0.0.1');`);
  const hash = project.commit('endless');
  const child = project.start(hash);
  const [compiler] = (await once(server, 'connection')) as [Socket];
  compiler.on('error', () => undefined);
  child.kill('SIGTERM');
  await Promise.all([once(compiler, 'close'), once(child, 'exit')]);
  t.notOk(project.has(`.bench/baseline/${hash}`));
  t.notOk(project.has('.bench/baseline/unfinished'));
});
