import { readFileSync } from 'node:fs';
import t from 'tap';
import { runCommand } from '../fixtures/command.js';

t.test('the help of the program and of each command goes to stdout', async (t) => {
  for (const words of [
    [],
    ['serve'],
    ['call'],
    ['list'],
    ['doctor'],
    ['completion'],
    ['decode'],
    ['top'],
    ['export'],
    ['dissector'],
  ]) {
    const { exitCode, stdout, stderr } = await runCommand([...words, '--help']);
    t.equal(exitCode, 0);
    t.equal(stderr, '');
    t.ok(stdout.startsWith(`Usage: ${['rpcudp', ...words].join(' ')} `), stdout);
    t.same(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
      'it fits in 80 columns',
    );
  }
});

t.test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  t.strictSame(await runCommand(['--version']), {
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

t.test('a mistake in the command line gives one sentence on stderr, and exit code 1', async (t) => {
  const table: readonly (readonly [line: string, message: RegExp])[] = [
    ['', /^Usage: rpcudp /],
    ['srve', /^error: unknown command 'srve'\n\(Did you mean serve\?\)\n$/],
    ['serve', /^error: missing required argument 'module'\n$/],
    ['serve a b', /^error: too many arguments for 'serve'.*\n$/],
    ['serve a --port x', /^error: option '--port <number>' argument 'x' is invalid\. .*\n$/],
    ['call', /^error: missing required argument 'host:port'\n$/],
    ['call h:1', /^error: missing required argument 'procedure'\n$/],
    ['call h:1 p -x', /^error: unknown option '-x'\n$/],
    ['call h:1 p --timeout', /^error: option '--timeout <ms>' argument missing\n$/],
    ['call h:1 p --timeout -5', /^error: option '--timeout <ms>' argument '-5' is invalid\. .*\n$/],
    [
      'call h:1 p --timeout 2147483648',
      /^error: .*timeoutMs.* from 0 to 2147483647, but is 2.*\n$/,
    ],
    ['call h:1 p --attempts 17', /^error: .*attempts.* from 1 to 16, but is 17\n$/],
    ['call h p', /^error: Address "h" has no port; write 'h:port'\n$/],
    ['call 1.2.3.4:99999 p', /^error: .*"99999" is not an integer from 1 to 65535\n$/],
    ['call h:1 p hex:0', /^error: argument 1: "0" has an odd number of .*\n$/],
    [
      'call h:1 p 18446744073709551616',
      /^error: args\[0\]: the bigint takes more than 64 bits.*\n$/,
    ],
    ['decode', /^error: missing required argument 'hex'\n$/],
    ['export', /^error: missing required argument 'recording'\n$/],
    ['export a', /^error: missing required argument 'capture'\n$/],
    [
      'call h:1 p --record-mib x',
      /^error: option '--record-mib <n>' argument 'x' is invalid\. .*\n$/,
    ],
  ];
  for (const [line, message] of table) {
    const { exitCode, stdout, stderr } = await runCommand(line.split(' ').filter(Boolean));
    t.equal(exitCode, 1, line);
    t.equal(stdout, '', line);
    t.match(stderr, message, line);
  }
});
