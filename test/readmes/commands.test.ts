import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createEndpoint } from '../../src/index.js';
import { recordEndpoint, recordToFile } from '../../src/inspector/index.js';
import { ownPort } from '../fixtures/own-port.js';
import { tshark } from '../fixtures/real-parts.js';
import { StartedProcess } from '../fixtures/started-process.js';
import type { Ended } from '../fixtures/started-process.js';
import { commands, commandsOf } from './commands.js';
import type { Command } from './commands.js';
import { PAGES, WRITTEN_PORT } from './pages.js';
import { programs } from './programs.js';

t.setTimeout(300_000);

const { scripts, devDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Readonly<
  Record<'scripts' | 'devDependencies' | 'peerDependencies', Readonly<Record<string, string>>> & {
    readonly peerDependenciesMeta: object;
  }
>;

const OPTIONAL = Object.keys(peerDependenciesMeta);
/** What a user installs: the package, and what it wants beside it. */
const NEEDED = Object.keys(peerDependencies).filter((name) => !OPTIONAL.includes(name));
const INSTALLED = ['rpcudp', ...NEEDED].join(' ');

/** What is run, one command after the other. */
const TYPED = /^(npx rpcudp|wireshark)\b/;

/** How each kind of command is held to what there is: gives what is wrong with it, if anything. */
const KINDS: readonly (readonly [RegExp, (...found: string[]) => string | undefined])[] = [
  [/^npm (?:ci|pkg set type=module)$/, () => undefined],
  [/^npm (?:run )?(\S+)( -- .+)?$/, (name) => unless(name in scripts, `the script ${name}`)],
  [/^npm install --save-dev (.+)$/, (names) => unless(areUsedHere(names), `one of ${names}`)],
  [
    /^npm install (.+)$/,
    (names) => unless(names === INSTALLED, `all of ${names}, or there is more`),
  ],
  [/^npx tsx (\S+)$/, (path) => unless(isProgram(path), `a program ${path}`)],
  [/^node --import tsx (\S+)$/, (path) => unless(existsSync(path), `a file ${path}`)],
  [/^(\.ci\/run)$/, (path) => unless(existsSync(path), `a file ${path}`)],
  // These run, below.
  [TYPED, () => undefined],
];

function unless(isThere: boolean, what: string): string | undefined {
  return isThere ? undefined : `there is not ${what}`;
}

function areUsedHere(names: string): boolean {
  return names.split(' ').every((name) => name in devDependencies);
}

function isProgram(name: string): boolean {
  return programs().some(({ named, path }) => named && path.endsWith(`/${name}`));
}

t.test('every command of a page is one that there is', async (t) => {
  t.ok(commands().length > 30);
  for (const { place, text } of commands()) {
    const kind = KINDS.find(([pattern]) => pattern.test(text));
    const found = kind?.[0].exec(text)?.slice(1) ?? [];
    t.equal(
      kind === undefined ? 'of no known kind' : kind[1](...found),
      undefined,
      `${place}: ${text}`,
    );
  }
});

/** What stays until Ctrl-C. */
const STAYS = /^npx rpcudp (serve|inspect)/;
/** What pages write where a reader has something else. */
const WRITTEN_URL = 'http://127.0.0.1:40123/…/';

for (const page of PAGES) {
  const typed = commandsOf(page).filter(({ text }) => TYPED.test(text));
  if (typed.length === 0) continue;
  t.test(`the commands of ${page.path} work, one after the other`, async (t) => {
    const reader = new Reader(t, String(await ownPort()));
    await reader.prepare();
    for (const command of typed) {
      const what = `${command.place}: ${command.text}`;
      const { skip } = command.text.startsWith('wireshark') ? tshark() : {};
      if (skip !== undefined) t.pass(what, { skip });
      else if (STAYS.test(command.text)) t.ok(await reader.starts(command), what);
      else await ranWell(t, what, command, await reader.runs(command));
    }
    for (const { exitCode } of await reader.interrupts()) t.match(exitCode, /^(0|130)$/);
  });
}

async function ranWell(t: Test, what: string, { prints }: Command, ended: Ended): Promise<void> {
  t.equal(ended.exitCode, 0, `${what} ${ended.stderr}`);
  if (prints !== undefined) t.equal(ended.stdout.trimEnd(), prints, what);
}

/** Types the commands of a page, in a folder that has the files that the pages name. */
class Reader {
  readonly #t: Test;
  readonly #folder: string;
  readonly #port: string;
  readonly #staying: StartedProcess[] = [];
  /** Of the page that the last inspector serves. */
  #url = '';

  constructor(t: Test, port: string) {
    this.#t = t;
    this.#folder = t.testdir();
    this.#port = port;
  }

  async prepare(): Promise<void> {
    for (const { language, info, text } of PAGES.flatMap(({ blocks }) => blocks)) {
      if (language === 'js') writeFileSync(join(this.#folder, info), text);
    }
    await using endpoint = await createEndpoint({ host: '127.0.0.1', handlers: { ping: () => 1 } });
    const file = await recordToFile(join(this.#folder, 'calls.jsonl'));
    const recording = recordEndpoint(endpoint, file.record);
    await endpoint.peer(endpoint.address).call('ping');
    recording.stop();
    await file.close();
  }

  /** Waits until it has said something; it goes on. */
  async starts(command: Command): Promise<boolean> {
    const started = this.#start(command);
    this.#staying.push(started);
    const [line] = await started.printed(/.+\n/);
    this.#url = /http\S+/.exec(line)?.[0] ?? this.#url;
    return true;
  }

  async runs(command: Command): Promise<Ended> {
    return await this.#start(command).ended();
  }

  /** Ctrl-C, for all that stays. */
  async interrupts(): Promise<Ended[]> {
    for (const staying of this.#staying) staying.kill('SIGINT');
    return await Promise.all(this.#staying.map((staying) => staying.ended()));
  }

  #start({ text }: Command): StartedProcess {
    const rpcudp = `'${process.execPath}' '${resolve('dist/cli/main.js')}'`;
    const typed = text
      .replaceAll(WRITTEN_PORT, this.#port)
      .replaceAll(WRITTEN_URL, this.#url)
      // Wireshark without its window: it takes the same options.
      .replace(/^wireshark (.+) (\S+)$/, 'tshark $1 -r $2')
      .replaceAll('npx rpcudp', rpcudp);
    return new StartedProcess(this.#t, 'sh', ['-c', `exec ${typed}`], this.#folder);
  }
}
