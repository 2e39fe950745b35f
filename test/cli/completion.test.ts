/** What may come next on a command line, and how it is shown in the shells. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { runCommand } from '../fixtures/command.js';
import { shell } from '../fixtures/real-parts.js';
import { StartedProcess } from '../fixtures/started-process.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(300_000);

async function serving(t: Test): Promise<string> {
  const endpoint = await createEndpoint({
    host: '127.0.0.1',
    handlers: {
      sayhi: () => 1,
      saybye: () => 1,
      other: () => 1,
      // Each of these would do something in a shell.
      '$(touch hacked)': () => 1,
      'say`touch hacked`': () => 1,
      'say;touch hacked': () => 1,
      'say hi': () => 1,
      'say\u001b[2J': () => 1,
      'say:hi': () => 1,
      '-rf': () => 1,
    },
    describe: { sayhi: 'Says hello: at once.' },
  });
  t.teardown(() => endpoint.close());
  return `127.0.0.1:${endpoint.address.port}`;
}

/** The words that are offered for the last one. */
async function offered(...words: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runCommand(['complete', '--', ...words]);
  if (exitCode !== 0 || stderr !== '') throw new Error(`${exitCode} ${stderr}`);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\t.*/, ''));
}

t.test('commands, options and choices are offered, as the program has them', async (t) => {
  const commands = await offered('');
  for (const name of ['serve', 'call', 'list', 'completion']) t.ok(commands.includes(name), name);
  t.notOk(commands.includes('complete'), 'but not what is hidden');
  t.strictSame(await offered('ca'), ['call']);
  t.strictSame(await offered('--v'), ['--version']);
  t.strictSame(await offered('call', '--time'), ['--timeout']);
  t.strictSame(await offered('call', 'h:1', 'p', '--no'), ['--no-check']);
  t.strictSame(await offered('completion', ''), ['bash', 'zsh', 'fish']);
  t.strictSame(await offered('completion', 'f'), ['fish']);
});

t.test('nothing is offered where anything may stand', async (t) => {
  for (const words of [
    ['nonsense', ''],
    ['serve', ''],
    ['serve', './h'],
    ['call', ''],
    ['call', '127'],
    ['call', 'h:1', '--timeout', ''],
    ['call', 'h:1', '--', '--time'],
    ['completion', 'bash', ''],
    ['list', 'no address', ''],
    ['list', 'h:99999', ''],
  ]) {
    t.strictSame(await offered(...words), [], words.join(' '));
  }
});

t.test('procedures are those of the peer, without what shells would read', async (t) => {
  const address = await serving(t);
  for (const command of ['call', 'list']) {
    t.strictSame(await offered(command, address, ''), ['other', 'saybye', 'sayhi']);
    t.strictSame(await offered(command, '--timeout', '5', address, 'say'), ['saybye', 'sayhi']);
    t.strictSame(await offered(command, '--json', address, '--', 'o'), ['other']);
  }
  t.strictSame(await offered('call', address, 'sayhi', ''), []);
  const { stdout } = await runCommand(['complete', '--', 'call', address, 'sayh']);
  t.equal(stdout, 'sayhi\tSays hello: at once.\n');
});

/** A folder with the command as a program, and the script of a shell. */
async function installed(t: Test, name: 'bash' | 'zsh' | 'fish'): Promise<string> {
  const { stdout } = await runCommand(['completion', name]);
  const folder = t.testdir({ script: stdout, 'a file.js': '' });
  const tsx = import.meta.resolve('tsx');
  const main = resolve('src/cli/main.ts');
  const program = `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${main}' "$@"\n`;
  writeFileSync(join(folder, 'rpcudp'), program);
  chmodSync(join(folder, 'rpcudp'), 0o755);
  return folder;
}

/** What a shell prints when it runs these lines beside the command. */
async function typed(t: Test, folder: string, name: string, lines: string): Promise<string> {
  const path = `PATH=${folder}:${process.env['PATH'] ?? ''}`;
  const started = new StartedProcess(t, 'env', [path, name, '-c', lines], folder);
  const { exitCode, stdout, stderr } = await started.ended();
  t.strictSame([exitCode, stderr], [0, ''], name);
  return stdout;
}

const bash = shell('bash');
t.test('bash completes', { ...(bash.skip !== undefined && { skip: bash.skip }) }, async (t) => {
  const folder = await installed(t, 'bash');
  const address = await serving(t);
  const complete = async (line: string) => {
    // As bash does it: the function gets the line, and its words split at colons as well.
    const lines = `
      source ./script
      COMP_LINE='${line}' COMP_POINT=${line.length}
      _rpcudp rpcudp
      (( \${#COMPREPLY[@]} == 0 )) || printf '%s\\n' "\${COMPREPLY[@]}"
      complete -p rpcudp`;
    return (await typed(t, folder, 'bash', lines)).trimEnd().split('\n');
  };
  const registered = 'complete -o default -F _rpcudp rpcudp';
  t.strictSame(await complete('rpcudp ca'), ['call', registered]);
  t.strictSame(await complete(`rpcudp list ${address} `), ['other', 'saybye', 'sayhi', registered]);
  t.strictSame(await complete('rpcudp serve a'), [registered], 'files are left to bash');
});

const zsh = shell('zsh');
t.test('zsh completes', { ...(zsh.skip !== undefined && { skip: zsh.skip }) }, async (t) => {
  const folder = await installed(t, 'zsh');
  const address = await serving(t);
  const complete = async (line: string) => {
    // A zsh at a terminal of its own, in which Tab is pressed, and then a key that shows the line.
    const lines = `
      zmodload zsh/zpty
      zpty tab zsh -f -i
      zpty -w tab 'autoload -Uz compinit; compinit -D -u; source ./script'
      zpty -w tab 'shown() { print -r -- "<""<$BUFFER>>" }; zle -N shown; bindkey "^X" shown'
      zpty -n -w tab '${line}'$'\\t\\x18'
      zpty -r tab out '*<<*>>*'
      zpty -d tab
      print -r -- "\${\${out##*<<}%%>>*}"`;
    return (await typed(t, folder, 'zsh', lines)).replace(/\n$/, '');
  };
  t.equal(await complete('rpcudp ca'), 'rpcudp call ');
  t.equal(await complete(`rpcudp call ${address} sayh`), `rpcudp call ${address} sayhi `);
  t.equal(
    await complete(`rpcudp list ${address} s`),
    `rpcudp list ${address} say`,
    'what is common',
  );
  t.equal(await complete('rpcudp serve a'), 'rpcudp serve a\\ file.js ');
});

t.test(
  'zsh shows what words mean',
  { ...(zsh.skip !== undefined && { skip: zsh.skip }) },
  async (t) => {
    const folder = await installed(t, 'zsh');
    const address = await serving(t);
    // What zsh is given to show: a backslash is before each colon that divides nothing.
    const lines = `
    compdef() { print -r -- "compdef $@"; }
    source ./script
    _describe() { print -rl -- "\${(@P)2}"; }
    words=(rpcudp call ${address} say) CURRENT=4
    _rpcudp`;
    t.equal(
      await typed(t, folder, 'zsh', lines),
      'compdef _rpcudp rpcudp\nsaybye:\nsayhi:Says hello\\: at once.\n',
    );
  },
);

const fish = shell('fish');
t.test('fish completes', { ...(fish.skip !== undefined && { skip: fish.skip }) }, async (t) => {
  const folder = await installed(t, 'fish');
  const address = await serving(t);
  const complete = async (line: string) => {
    const lines = `source ./script; complete -C '${line}'`;
    return (await typed(t, folder, 'fish', lines)).trimEnd().split('\n');
  };
  t.strictSame(await complete('rpcudp ca'), [
    'call\tCall a procedure and print its value as JSON.',
  ]);
  t.strictSame(await complete(`rpcudp call ${address} say`), [
    'saybye',
    'sayhi\tSays hello: at once.',
  ]);
  t.strictSame(await complete('rpcudp serve a'), ['a file.js']);
});
